'use client';

import { TextLink } from '../ui/link.tsx';
import { askAgainHref, type Incident } from './incident-words.ts';
import { KeptCanary } from './kept-canary.tsx';
import { Item } from './left-to-do-item.tsx';
import { RetryDialog } from './retry-dialog.tsx';
import type { RolloutDetail } from './rollout-answers.ts';
import { versionHref } from './rollout-words.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = {
  readonly rollout: RolloutDetail;
  readonly incident: Incident;
  readonly commands: RolloutCommands;
};

/** What is left to do once traffic is back; nothing of it is urgent any more. */
export function LeftToDo({ rollout, incident, commands }: Props) {
  return (
    <div className="border-line border-t px-4 py-3">
      <h3 className="text-ink-muted text-xs">What is left to do</h3>
      <ul className="flex flex-col divide-y divide-line">
        <Item action={<RetryDialog rollout={rollout} incident={incident} command={commands.retry} />}>
          <NextAttempt rollout={rollout} incident={incident} />
        </Item>
        <KeptCanary rollout={rollout} incident={incident} commands={commands} />
        <Item>
          <WhoToTell rollout={rollout} incident={incident} />
        </Item>
      </ul>
    </div>
  );
}

function NextAttempt({ rollout, incident }: Omit<Props, 'commands'>) {
  const { retry } = incident;
  const { to } = rollout;
  if (retry.retriedBy !== null)
    return (
      <>
        It was retried: see the <TextLink href={`/rollouts/${retry.retriedBy}`}>newer attempt</TextLink>.
      </>
    );
  if (retry.asked)
    return (
      <>
        A retry was asked for and starts as soon as it may; what it waits for is on its{' '}
        <TextLink href={`/promotions/${rollout.promotionId ?? ''}`}>promotion</TextLink>.
      </>
    );
  return (
    <>
      Find out why, fix it, and register the fixed version beside{' '}
      <TextLink href={versionHref(to)}>
        {to.modelName} version {to.versionNumber}
      </TextLink>
      {retry.needsPromotion ? (
        <>
          . The signatures do not cover another attempt:{' '}
          <TextLink href={askAgainHref(rollout)}>ask for promotion again</TextLink>.
        </>
      ) : (
        '. If the cause was outside of it, retry it as it is.'
      )}
    </>
  );
}

/** The owner and the runbook of a service, for whoever has to go on. */
function WhoToTell({ rollout, incident }: Omit<Props, 'commands'>) {
  const { owner, runbookUrl } = incident;
  const { service } = rollout;
  return (
    <>
      {owner === null ? (
        <>
          Nobody owns {service.name}:{' '}
          <TextLink href={`/services/${service.id}?tab=settings`}>say who does</TextLink>.
        </>
      ) : (
        <>
          Tell {owner}, who owns {service.name}.
        </>
      )}{' '}
      {runbookUrl !== null && (
        <>
          Follow the <TextLink href={runbookUrl}>runbook</TextLink>.
        </>
      )}
    </>
  );
}
