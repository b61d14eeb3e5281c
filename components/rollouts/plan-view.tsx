import { countText, durationText, shareText } from '../../domain/figure-text.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { checkTitle } from './prepare-checks.ts';

const deadlineWords: Record<RolloutPlan['onDeadline'], string> = {
  hold: 'hold and wait for a person',
  rollBack: 'roll back',
  continue: 'continue without evidence',
};

/** A rollout plan in full, to read. */
export function PlanView({ plan }: { plan: RolloutPlan }) {
  return (
    <div className="flex flex-col gap-3">
      <div role="group" aria-label="Steps" tabIndex={0} className="overflow-x-auto">
        <table className="w-full border-collapse text-left text-xs">
          <caption className="sr-only">Steps of the plan</caption>
          <thead className="text-ink-muted">
            <tr>
              {['Weight', 'At least', 'Deadline', 'Requests'].map((head, index) => (
                <th
                  key={head}
                  scope="col"
                  className={`border-line border-b py-1 font-medium ${index === 0 ? '' : 'pl-3 text-right'}`}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.steps.map((step) => (
              <tr key={step.weightPercent} className="border-line border-b">
                <th scope="row" className="whitespace-nowrap py-1.5 font-medium">
                  {step.weightPercent} %
                </th>
                <td className="whitespace-nowrap pl-3 text-right">{durationText(step.minimumMs)}</td>
                <td className="whitespace-nowrap pl-3 text-right">{durationText(step.deadlineMs)}</td>
                <td className="pl-3 text-right">{countText(step.minimumSamples)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <KeyValueList
        items={[
          {
            label: 'Checks',
            value:
              plan.checks.length === 0 ? (
                'none'
              ) : (
                <ul>
                  {plan.checks.map((check) => (
                    <li key={check.id}>{checkTitle(check)}</li>
                  ))}
                </ul>
              ),
          },
          { label: 'False alarms', value: `at most ${shareText(plan.alpha)} per rollout` },
          { label: 'Interval', value: durationText(plan.intervalMs) },
          { label: 'At a deadline', value: deadlineWords[plan.onDeadline] },
          { label: 'Ready within', value: durationText(plan.progressDeadlineMs) },
          { label: 'Old one kept', value: durationText(plan.scaleDownDelayMs) },
          { label: 'Bake time', value: plan.bakeMs === 0 ? 'none' : durationText(plan.bakeMs) },
        ]}
      />
    </div>
  );
}
