'use client';

import { Check, RotateCw, Undo2, Waypoints, X } from 'lucide-react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { TextLink } from '../ui/link.tsx';
import { useRouter } from '../ui/navigation.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import { CommentDialog } from './comment-dialog.tsx';
import type { PromotionDetail } from './promotion-answers.ts';
import { moveText, promotionStanding } from './promotion-words.ts';

export function DecisionHeader({ promotion }: { promotion: PromotionDetail }) {
  const standing = promotionStanding(promotion.state);
  return (
    <PageHeader
      title={`${promotion.service.name} ${moveText(promotion)}`}
      crumb={promotion.service.name}
      back={{ href: '/promotions', label: 'Promotions' }}
      status={
        <>
          <Status tone={standing.tone} label={standing.label} />
          <EnvironmentLabel environment={promotion.environment} />
        </>
      }
      meta={
        <>
          <span>Asked by {promotion.requestedBy.name}</span>
          <RelativeTime at={promotion.requestedAt} />
          {promotion.state === 'open' && (
            <span>
              Expires <RelativeTime at={promotion.expiresAt} />
            </span>
          )}
          <TextLink href={`/services/${promotion.service.id}`}>Open the service</TextLink>
        </>
      }
      actions={<DecisionActions promotion={promotion} />}
    />
  );
}

/** The verbs always stand in the same place; one that is not possible stays and says why. */
function DecisionActions({ promotion }: { promotion: PromotionDetail }) {
  const trpc = useTrpc();
  const router = useRouter();
  const { id: promotionId, subjectDigest, refusals } = promotion;
  const approve = useCommand((extra) => trpc.promotions.approve.mutationOptions(extra));
  const reject = useCommand((extra) => trpc.promotions.reject.mutationOptions(extra));
  const withdraw = useCommand((extra) => trpc.promotions.withdraw.mutationOptions(extra));
  const renew = useCommand((extra) => trpc.promotions.renew.mutationOptions(extra), {
    onDone: (done) => router.push(`/promotions/${done.promotionId}`),
  });
  const what = `${promotion.to.modelName} ${promotion.to.versionNumber} on ${promotion.service.name}`;
  return (
    <ActionBar>
      <CommentDialog
        verb="Approve"
        icon={Check}
        variant="primary"
        description={`Your signature counts for exactly what this page shows of ${what}. When any part of it changes, it no longer counts.`}
        disabledReason={reasonOf(refusals.approve)}
        command={approve}
        onSend={(comment) => approve.run({ promotionId, subjectDigest, comment })}
      />
      <CommentDialog
        verb="Reject"
        icon={X}
        variant="danger"
        isCommentNeeded
        description={`One rejection ends the request of ${what}. Say what would have to be different.`}
        disabledReason={reasonOf(refusals.reject)}
        command={reject}
        onSend={(comment) => reject.run({ promotionId, subjectDigest, comment })}
      />
      <CommentDialog
        verb="Withdraw"
        icon={Undo2}
        description="Nobody can sign it any more; the same can be asked for again."
        disabledReason={reasonOf(refusals.withdraw)}
        command={withdraw}
        onSend={(comment) => withdraw.run({ promotionId, comment })}
      />
      <CommentDialog
        verb="Ask again"
        icon={RotateCw}
        commentLabel="Note to those who sign"
        description="A new request of the same content against what is live now, judged by today's policy. Signatures are given anew."
        disabledReason={reasonOf(refusals.renew)}
        command={renew}
        onSend={(note) => renew.run({ promotionId, note })}
      />
      {promotion.rolloutId !== null && (
        <ButtonLink href={`/rollouts/${promotion.rolloutId}`} icon={Waypoints}>
          Open the rollout
        </ButtonLink>
      )}
    </ActionBar>
  );
}
