'use client';

import { Undo2 } from 'lucide-react';
import { lazy } from 'react';
import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import { countOf } from '../../domain/figure-text.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { SignButtons } from '../promotions/sign-buttons.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { Later } from '../ui/later.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import { useCommand } from '../use-command.ts';
import type { BudgetAnswer } from './budget-answers.ts';
import { BudgetBar } from './budget-bar.tsx';

/** Only transfers that wait for a signature have one. */
const OtherBurnDown = lazy(async () => ({ default: (await import('./other-burn-down.tsx')).OtherBurnDown }));

type Request = BudgetAnswer['requests'][number];

const standings: Record<Request['state'], { tone: Tone; label: string }> = {
  open: { tone: 'progress', label: 'Waits for signatures' },
  approved: { tone: 'ok', label: 'Granted' },
  rejected: { tone: 'bad', label: 'Rejected' },
  withdrawn: { tone: 'neutral', label: 'Withdrawn' },
  expired: { tone: 'neutral', label: 'Expired' },
  voided: { tone: 'warn', label: 'Void: something changed' },
};

type Props = {
  readonly budgetId: string;
  readonly requests: readonly Request[];
  readonly measure: Measure;
};

/** What was asked for beyond the amount, and who still has to sign. */
export function RequestsPanel({ budgetId, requests, measure }: Props) {
  if (requests.length === 0) return null;
  return (
    <Panel title="Asked for" flush>
      <ul className="divide-y divide-line">
        {requests.map((request) => (
          <RequestRow key={request.id} budgetId={budgetId} request={request} measure={measure} />
        ))}
      </ul>
    </Panel>
  );
}

function whatText({ kind, direction, otherSide }: Request): string {
  if (kind === 'exceed') return 'more for a time';
  const other = otherSide?.name ?? 'another budget';
  return direction === 'in' ? `given by ${other}` : `to give to ${other}`;
}

type RowProps = { readonly budgetId: string; readonly request: Request; readonly measure: Measure };

function RequestRow({ budgetId, request, measure }: RowProps) {
  const { otherSide } = request;
  const { viewer } = useProject();
  const mayCompare = permissionReason('budgets.otherSide', viewer) === undefined;
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-col gap-1">
        <div className="font-medium">
          {amountText(request.amount, measure)} {whatText(request)}, until <ExactTime at={request.untilAt} />
        </div>
        <div className="text-ink-muted text-xs">
          {request.requestedBy.name}: {request.reason}
        </div>
        {request.state === 'open' && (
          <div className="text-ink-muted text-xs">
            {countOf(request.missing, 'signature')} missing
            {request.canStillSign.length === 0 ? '' : `; ${request.canStillSign.join(' or ')} can sign`}
          </div>
        )}
        {otherSide !== null && (
          <div className="max-w-sm">
            <BudgetBar figures={otherSide} measure={measure} label={otherSide.name} />
            <span className="text-ink-muted text-xs">
              {otherSide.name}:{' '}
              {otherSide.available === null
                ? 'not counted yet'
                : `${amountText(otherSide.available, measure)} available`}
            </span>
          </div>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Status {...standings[request.state]} />
        {request.state === 'open' && <Decision request={request} />}
      </div>
      {request.kind === 'transfer' && !request.ofInstance && request.state === 'open' && mayCompare && (
        <div className="w-full">
          <Later className="h-64 w-full">
            <OtherBurnDown requestId={request.id} budgetId={budgetId} measure={measure} />
          </Later>
        </div>
      )}
    </li>
  );
}

function Decision({ request }: { request: Request }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const signing = request.ofInstance ? trpc.instanceBudgets : trpc.budgets;
  const approve = useCommand((extra) => signing.approve.mutationOptions(extra));
  const reject = useCommand((extra) => signing.reject.mutationOptions(extra));
  const withdraw = useCommand((extra) => trpc.budgets.withdraw.mutationOptions(extra));
  const { id: requestId, subjectDigest, refusals } = request;
  return (
    <>
      <SignButtons
        countsFor="Your signature counts for exactly this amount, this end and the plan that it is for."
        signed={{ requestId, subjectDigest }}
        refusals={refusals}
        approve={approve}
        reject={reject}
      />
      <Button
        icon={Undo2}
        busy={withdraw.busy}
        disabledReason={permissionReason('budgets.withdraw', viewer) ?? withdraw.error ?? undefined}
        onClick={() => withdraw.run({ requestId })}
      >
        Withdraw
      </Button>
    </>
  );
}
