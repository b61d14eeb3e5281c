'use client';

import { Undo2 } from 'lucide-react';
import { countOf } from '../../domain/figure-text.ts';
import { SignButtons } from '../promotions/sign-buttons.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import { useCommand } from '../use-command.ts';
import type { References } from './reference-answers.ts';

type Rebase = References['rebases'][number];

const standings: Record<Rebase['state'], { tone: Tone; label: string }> = {
  open: { tone: 'progress', label: 'Waits for signatures' },
  approved: { tone: 'progress', label: 'Approved' },
  active: { tone: 'ok', label: 'Took effect' },
  rejected: { tone: 'bad', label: 'Rejected' },
  withdrawn: { tone: 'neutral', label: 'Withdrawn' },
  expired: { tone: 'neutral', label: 'Expired' },
  voided: { tone: 'warn', label: 'Void: something changed' },
};

/** Which other references were asked for, and who still has to sign. */
export function RebasesPanel({ rebases }: { rebases: readonly Rebase[] }) {
  if (rebases.length === 0) return null;
  return (
    <Panel title="Asked for" flush>
      <ul className="divide-y divide-line">
        {rebases.map((rebase) => (
          <RebaseRow key={rebase.id} rebase={rebase} />
        ))}
      </ul>
    </Panel>
  );
}

function RebaseRow({ rebase }: { rebase: Rebase }) {
  const { name, windowLength, requestedBy, reason, state, missing, canStillSign } = rebase;
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-col gap-1">
        <div className="font-medium">
          {name}: every {windowLength} with <ComparedWith rebase={rebase} />
        </div>
        <div className="text-ink-muted text-xs">
          {requestedBy.name}: {reason}
        </div>
        {state === 'open' && (
          <div className="text-ink-muted text-xs">
            {countOf(missing, 'signature')} missing
            {canStillSign.length === 0 ? '' : `; ${canStillSign.join(' or ')} can sign`}
          </div>
        )}
        {state === 'approved' && rebase.activatesAt === null && (
          <div className="text-ink-muted text-xs">rows are gathered, from which the bins are learned</div>
        )}
        {state === 'approved' && rebase.activatesAt !== null && (
          <div className="text-ink-muted text-xs">
            for windows that begin from <ExactTime at={rebase.activatesAt} /> on
          </div>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Status {...standings[state]} />
        {state === 'open' && <Decision rebase={rebase} />}
        {(state === 'open' || (state === 'approved' && rebase.newBinsDays !== null)) && (
          <Withdraw rebase={rebase} />
        )}
      </div>
    </li>
  );
}

function ComparedWith({ rebase: { fromAt, toAt, newBinsDays } }: { rebase: Rebase }) {
  if (newBinsDays !== null && (fromAt === null || toAt === null))
    return `the first ${newBinsDays} whole days on bins that are learned anew`;
  if (fromAt === null || toAt === null) return null;
  return (
    <>
      <ExactTime at={fromAt} /> to <ExactTime at={toAt} />
      {newBinsDays === null ? '' : ', on bins that are learned anew'}
    </>
  );
}

function Decision({ rebase: { id: rebaseId, subjectDigest, refusals } }: { rebase: Rebase }) {
  const trpc = useTrpc();
  const approve = useCommand((extra) => trpc.references.approve.mutationOptions(extra));
  const reject = useCommand((extra) => trpc.references.reject.mutationOptions(extra));
  return (
    <SignButtons
      countsFor="Your signature counts for exactly this reference in place of what the service is compared with now."
      signed={{ rebaseId, subjectDigest }}
      refusals={refusals}
      approve={approve}
      reject={reject}
    />
  );
}

function Withdraw({ rebase: { id: rebaseId, refusals } }: { rebase: Rebase }) {
  const trpc = useTrpc();
  const withdraw = useCommand((extra) => trpc.references.withdraw.mutationOptions(extra));
  return (
    <Button
      icon={Undo2}
      busy={withdraw.busy}
      disabledReason={reasonOf(refusals.withdraw) ?? withdraw.error ?? undefined}
      onClick={() => withdraw.run({ rebaseId })}
    >
      Withdraw
    </Button>
  );
}
