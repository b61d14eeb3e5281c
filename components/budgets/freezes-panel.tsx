import { CodeBlock } from '../ui/code.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { BudgetAnswer } from './budget-answers.ts';

type Freeze = BudgetAnswer['freezes'][number];

/** Where nothing grows because the budget is spent, and where that is only proposed, with the reason and the command. */
export function FreezesPanel({ freezes, showProject }: { freezes: readonly Freeze[]; showProject: boolean }) {
  if (freezes.length === 0) return null;
  return (
    <Panel
      flush
      title="Frozen because it is spent"
      description="Nothing shrinks and no weight changes; a roll back is never held up. It ends by itself once something is left."
    >
      <ul className="divide-y divide-line">
        {freezes.map((freeze) => (
          <FreezeRow key={freeze.id} freeze={freeze} showProject={showProject} />
        ))}
      </ul>
    </Panel>
  );
}

function FreezeRow({ freeze, showProject }: { freeze: Freeze; showProject: boolean }) {
  const { environment, project, isFrozen, since, reasons, proposal } = freeze;
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">{showProject ? `${environment} of ${project}` : environment}</span>
        <span className="flex items-baseline gap-3">
          <Status
            tone={isFrozen ? 'warn' : 'neutral'}
            label={isFrozen ? 'Nothing grows' : 'Proposed, not done'}
          />
          <span className="text-ink-muted">
            <RelativeTime at={since} />
          </span>
        </span>
      </div>
      {reasons.map((reason) => (
        <p key={reason} className="text-ink-muted">
          {reason}
        </p>
      ))}
      {proposal !== null && <CodeBlock wrap label={`the command for ${environment}`} text={proposal} />}
    </li>
  );
}
