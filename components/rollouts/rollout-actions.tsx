'use client';

import { Ban, Pause, Play, Undo2 } from 'lucide-react';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { reasonOf } from './refusal-reason.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { hasEnded } from './rollout-words.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = { readonly rollout: RolloutDetail; readonly commands: RolloutCommands };

/** Promote, Pause, Abort, Roll back: always these four, always in this order; the safe direction is one click. */
export function RolloutActions({ rollout, commands }: Props) {
  const { id: rolloutId, refusals, rollBackTo, paused } = rollout;
  // Once it is over this goes further back than the rollout did, so the button names where to.
  const isOver = hasEnded(rollout);
  const { pause, resume, abort, rollBack } = commands;
  return (
    <ActionBar label="Rollout actions">
      <PromoteDialog rollout={rollout} command={commands.promote} />
      {paused ? (
        <Button
          icon={Play}
          className="min-w-25"
          busy={resume.busy}
          disabledReason={reasonOf(refusals.resume)}
          onClick={() => resume.run({ rolloutId })}
        >
          Resume
        </Button>
      ) : (
        <Button
          icon={Pause}
          className="min-w-25"
          busy={pause.busy}
          disabledReason={reasonOf(refusals.pause)}
          onClick={() => pause.run({ rolloutId })}
        >
          Pause
        </Button>
      )}
      <Button
        icon={Ban}
        busy={abort.busy}
        disabledReason={reasonOf(refusals.abort)}
        onClick={() => abort.run({ rolloutId })}
      >
        Abort
      </Button>
      <Button
        icon={Undo2}
        variant={isOver ? 'secondary' : 'danger'}
        busy={rollBack.busy}
        disabledReason={reasonOf(refusals.rollBack)}
        aria-description={
          rollBackTo === null ? undefined : `All traffic goes to revision ${rollBackTo.number}.`
        }
        onClick={() => rollBack.run({ rolloutId })}
      >
        {isOver && rollBackTo !== null ? `Roll back to ${rollBackTo.number}` : 'Roll back'}
      </Button>
    </ActionBar>
  );
}
