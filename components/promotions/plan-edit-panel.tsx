'use client';

import { RotateCcw } from 'lucide-react';
import type { PlanDraft } from '../rollouts/plan-draft.ts';
import { PlanEditor } from '../rollouts/plan-editor.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';

type Props = {
  readonly draft: PlanDraft;
  readonly problem: string | null;
  readonly isEdited: boolean;
  readonly onChange: (draft: PlanDraft) => void;
  readonly onReset: () => void;
};

/** The plan of this request alone; the service's own default stays as it is. */
export function PlanEditPanel({ draft, problem, isEdited, onChange, onReset }: Props) {
  return (
    <Panel
      title="Rollout plan"
      description={isEdited ? 'Changed for this request alone' : "The service's default plan"}
      actions={
        isEdited && (
          <Button size="small" variant="ghost" icon={RotateCcw} onClick={onReset}>
            Back to the default
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        <PlanEditor draft={draft} onChange={onChange} />
        {problem !== null && <Banner tone="bad" title={problem} />}
      </div>
    </Panel>
  );
}
