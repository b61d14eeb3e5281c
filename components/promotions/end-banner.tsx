import { Banner } from '../ui/banner.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import type { PromotionDetail } from './promotion-answers.ts';

/** How a request ended; a void one says which parts changed. What it waits for is said by the list below, once. */
export function EndBanner({ promotion }: { promotion: PromotionDetail }) {
  const { state, voidReason, outcome, signatures, blockers } = promotion;
  switch (state) {
    case 'voided':
      return (
        <Banner
          tone="bad"
          title={voidReason?.message ?? 'What was asked for has changed, so this request is void.'}
        >
          {voidReason?.fix} The parts that changed are marked below.
        </Banner>
      );
    case 'rejected': {
      const rejection = signatures.find((signature) => signature.decision === 'reject');
      return (
        <Banner
          tone="bad"
          title={rejection === undefined ? 'It was rejected.' : `${rejection.principal.name} rejected it.`}
        >
          {rejection?.comment}
        </Banner>
      );
    }
    case 'expired':
      return (
        <Banner tone="neutral" title="It expired before enough people had signed.">
          Ask again: the new request shows what is different by now.
        </Banner>
      );
    case 'withdrawn':
      return <Banner tone="neutral" title="It was withdrawn." />;
    case 'started':
      return (
        <Banner
          tone="ok"
          title="Its rollout has started."
          action={
            promotion.rolloutId !== null && (
              <ButtonLink size="small" href={`/rollouts/${promotion.rolloutId}`}>
                Open the rollout
              </ButtonLink>
            )
          }
        />
      );
    case 'approved':
      return outcome === null || blockers.some(({ message }) => message === outcome.message) ? null : (
        <Banner tone="warn" title={outcome.message}>
          {outcome.fix}
        </Banner>
      );
    case 'open':
      return null;
  }
}
