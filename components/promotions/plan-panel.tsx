import { durationText } from '../../domain/figure-text.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { PlanView } from '../rollouts/plan-view.tsx';
import { Panel } from '../ui/panel.tsx';
import { StepBar } from '../ui/step-bar.tsx';
import { leastPlanMs } from './least-plan-time.ts';

/** The plan that is signed: its steps as a bar, its rules in full below. */
export function PlanPanel({ plan }: { plan: RolloutPlan }) {
  return (
    <Panel
      title="Rollout plan"
      description={`At least ${durationText(leastPlanMs(plan))} from the first step to 100 %`}
    >
      <div className="flex flex-col gap-4">
        <StepBar
          label="Steps of the plan"
          steps={plan.steps.map((step, index) => ({
            key: String(index),
            label: `${step.weightPercent} %`,
            state: 'waiting' as const,
            detail: `at least ${durationText(step.minimumMs)}`,
          }))}
        />
        <details>
          <summary className="text-accent">Checks and deadlines</summary>
          <div className="pt-3">
            <PlanView plan={plan} />
          </div>
        </details>
      </div>
    </Panel>
  );
}
