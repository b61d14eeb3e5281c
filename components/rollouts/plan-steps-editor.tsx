'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { EditorCell } from './editor-cell.tsx';
import type { StepDraft } from './plan-draft.ts';

type Props = {
  readonly steps: readonly StepDraft[];
  readonly onChange: (steps: readonly StepDraft[]) => void;
};

const heads = ['Weight, %', 'At least', 'Deadline', 'Canary requests'];

/** One row per step; weights have to rise and end at 100. */
export function PlanStepsEditor({ steps, onChange }: Props) {
  const set = (key: number, change: Partial<StepDraft>) =>
    onChange(steps.map((step) => (step.key === key ? { ...step, ...change } : step)));
  const add = () => onChange(withStep(steps));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-medium">Steps</legend>
      <div className="relative overflow-x-auto">
        <table className="w-full min-w-112 border-collapse text-left">
          <thead>
            <tr className="text-ink-muted text-xs">
              {heads.map((head) => (
                <th key={head} scope="col" className="pr-2 pb-1 font-medium">
                  {head}
                </th>
              ))}
              <th scope="col">
                <span className="sr-only">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step, index) => (
              <tr key={step.key}>
                <StepCells step={step} name={`step ${index + 1}`} onSet={(change) => set(step.key, change)} />
                <td className="w-8 py-1">
                  <IconButton
                    label={`Remove step ${index + 1}`}
                    icon={Trash2}
                    disabledReason={steps.length === 1 ? 'A plan needs at least one step.' : undefined}
                    onClick={() => onChange(steps.filter((each) => each.key !== step.key))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button size="small" icon={Plus} onClick={add}>
          Add a step
        </Button>
      </div>
    </fieldset>
  );
}

type CellsProps = { step: StepDraft; name: string; onSet: (change: Partial<StepDraft>) => void };

function StepCells({ step, name, onSet }: CellsProps) {
  return (
    <>
      <td className="py-1 pr-2">
        <EditorCell
          label={`Weight of ${name}, per cent`}
          inputMode="numeric"
          value={step.weight}
          onText={(weight) => onSet({ weight })}
        />
      </td>
      <td className="py-1 pr-2">
        <EditorCell
          label={`Minimum time of ${name}`}
          value={step.minimum}
          onText={(minimum) => onSet({ minimum })}
        />
      </td>
      <td className="py-1 pr-2">
        <EditorCell
          label={`Deadline of ${name}`}
          value={step.deadline}
          onText={(deadline) => onSet({ deadline })}
        />
      </td>
      <td className="py-1 pr-2">
        <EditorCell
          label={`Canary requests of ${name}`}
          inputMode="numeric"
          value={step.samples}
          onText={(samples) => onSet({ samples })}
        />
      </td>
    </>
  );
}

/** A new step stands before the last one, half way up from the one before it. */
function withStep(steps: readonly StepDraft[]): StepDraft[] {
  const last = steps.at(-1);
  const key = Math.max(-1, ...steps.map((step) => step.key)) + 1;
  if (last === undefined) return [];
  const low = Number(steps.at(-2)?.weight ?? 0);
  const weight = String(Math.round((low + Number(last.weight)) / 2));
  return [...steps.slice(0, -1), { ...last, key, weight }, last];
}
