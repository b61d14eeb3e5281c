import { durationText } from '../../domain/figure-text.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { Link } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { Status } from '../ui/status.tsx';
import { toneClasses } from '../ui/tone.ts';
import { toneIcon } from '../ui/tone-icon.ts';
import type { PreflightView } from './promotion-answers.ts';
import { partDetail, partLabel, verdictLook } from './room-words.ts';

type Props = { readonly preflight: PreflightView; readonly plan: RolloutPlan };

/** Whether the rollout would find GPUs and money: what it takes over its plan, every check with its numbers, and the date. */
export function RoomPanel({ preflight, plan }: Props) {
  const { verdict, cost, observedAt, isFresh, fit } = preflight;
  const { tone, label } = verdictLook[verdict];
  return (
    <Panel title="GPUs and money" actions={<Status tone={tone} label={label} />}>
      <div className="flex flex-col gap-4">
        <StatRow>
          <Stat label="Most GPUs at a time" value={preflight.peakGpus} hint="old and new revision together" />
          <Stat
            label="Extra for the rollout"
            value={preflight.extraGpuHours.toFixed(1)}
            unit="GPU-hours"
            hint={cost.extra ?? 'no price is known'}
          />
          <Stat
            label="Held at the longest"
            value={durationText(preflight.longestMs)}
            hint="every step at its deadline"
          />
          <Stat
            label="Cost a day afterwards"
            value={cost.afterPerDay ?? 'unpriced'}
            hint={cost.beforePerDay === null ? undefined : `${cost.beforePerDay} before`}
          />
        </StatRow>
        {fit !== null && <p className="font-medium">{fit.sentence}</p>}
        <EnvelopeBars preflight={preflight} plan={plan} />
        <ul className="flex flex-col gap-2" aria-label="Checks">
          {preflight.checks.map((check) => (
            <CheckRow key={`${check.kind} ${check.subject} ${check.sentence}`} check={check} />
          ))}
        </ul>
        <p className="text-ink-muted text-xs">
          {observedAt === null ? (
            'The cluster has not been looked at yet; a start waits for that.'
          ) : (
            <>
              The cluster was looked at <RelativeTime at={observedAt} />
              {isFresh ? '. ' : '; a start waits for a newer look. '}
              Free nodes are found by first fit, which is a heuristic.
            </>
          )}
        </p>
      </div>
    </Panel>
  );
}

/** GPUs of each stretch of the plan, each step at its least time. */
function EnvelopeBars({ preflight, plan }: Props) {
  return (
    <div className="flex flex-col gap-2">
      {preflight.parts.map((part) => (
        <ProgressBar
          key={`${part.phase} ${part.stepIndex}`}
          label={partLabel(part, plan)}
          value={part.gpus}
          max={Math.max(1, preflight.peakGpus)}
          detail={partDetail(part)}
          tone="neutral"
        />
      ))}
    </div>
  );
}

function CheckRow({ check }: { check: PreflightView['checks'][number] }) {
  const { tone } = verdictLook[check.verdict];
  const { budgetId } = check.figures;
  const Shape = toneIcon[tone];
  return (
    <li className="flex items-start gap-2">
      <Shape
        aria-label={verdictLook[check.verdict].label}
        className={`mt-0.5 size-4 shrink-0 ${toneClasses[tone].text}`}
      />
      <span className="min-w-0">
        {check.sentence}
        {check.fix !== null && <span className="block text-ink-muted text-xs">{check.fix}</span>}
        {check.verdict !== 'PASS' && typeof budgetId === 'string' && (
          <Link href={`/budgets/${budgetId}`} className="text-xs underline">
            Open the budget, and who waits for it
          </Link>
        )}
      </span>
    </li>
  );
}
