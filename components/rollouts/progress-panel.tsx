'use client';

import { Panel } from '../ui/panel.tsx';
import { StepBar } from '../ui/step-bar.tsx';
import { type PlannedStep, prepareSteps } from './prepare-steps.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { ServiceCountdown, useServiceNow } from './service-clock.tsx';

/** Where the rollout stands in its plan, with a countdown on everything that time decides. */
export function ProgressPanel({ rollout }: { rollout: RolloutDetail }) {
  const nowMs = useServiceNow();
  const steps = prepareSteps(rollout, nowMs);
  return (
    <Panel>
      <StepBar
        label="Steps of the rollout"
        steps={steps.map((step) => ({
          key: step.key,
          label: step.label,
          state: step.state,
          share: step.share,
          detail: <StepDetail step={step} />,
        }))}
      />
    </Panel>
  );
}

function StepDetail({ step }: { step: PlannedStep }) {
  if (step.until !== null)
    return (
      <>
        <ServiceCountdown until={step.until} /> left at least
      </>
    );
  return step.text ?? ' ';
}
