'use client';

import { Bug, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { type Incident, keptSize } from './incident-words.ts';
import { Item } from './left-to-do-item.tsx';
import { reasonOf } from './refusal-reason.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { hasEnded } from './rollout-words.ts';
import { ServiceCountdown, ServiceMoment } from './service-clock.tsx';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = {
  readonly rollout: RolloutDetail;
  readonly incident: Incident;
  readonly commands: RolloutCommands;
};

/** What becomes of the canary: how long it still runs without traffic and at which cost, or how to have it run. */
export function KeptCanary({ rollout, incident, commands }: Props) {
  const { kept } = incident;
  const number = rollout.to.number;
  return (
    <Item
      action={
        <>
          <KeepDialog rollout={rollout} incident={incident} command={commands.keepCanary} />
          {kept.isKept && (
            <Button
              icon={Trash2}
              busy={commands.releaseCanary.busy}
              disabledReason={reasonOf(kept.releaseRefusal)}
              onClick={() => commands.releaseCanary.run({ rolloutId: rollout.id })}
            >
              Take it away now
            </Button>
          )}
        </>
      }
    >
      {kept.isKept && kept.until !== null ? (
        <>
          Revision {number} is kept at 0 % for debugging, <ServiceCountdown until={kept.until} /> more (until{' '}
          <ServiceMoment at={kept.until} />
          ). It takes no traffic and still costs {keptSize(kept)}.
        </>
      ) : hasEnded(rollout) ? (
        `Revision ${number} was taken away. It can run again at 0 %, to be looked at (${keptSize(kept)}).`
      ) : (
        `Revision ${number} goes as soon as it is recorded. It can stay at 0 %, to be looked at (${keptSize(kept)}).`
      )}
    </Item>
  );
}

const times = [
  { value: '30', label: '30 minutes' },
  { value: '60', label: '1 hour' },
  { value: '240', label: '4 hours' },
  { value: '1440', label: '24 hours' },
];

type DialogProps = Omit<Props, 'commands'> & { readonly command: RolloutCommands['keepCanary'] };

function KeepDialog({ rollout, incident, command }: DialogProps) {
  const [open, setOpen] = useState(false);
  const [minutes, setMinutes] = useState('60');
  const { kept } = incident;
  const number = rollout.to.number;
  const label = kept.isKept
    ? 'Give it more time'
    : hasEnded(rollout)
      ? 'Run canary at 0 %'
      : 'Keep canary at 0 %';
  const confirm = () => {
    command.run({ rolloutId: rollout.id, keepCanaryMs: Number(minutes) * 60_000 });
    setOpen(false);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button icon={Bug} busy={command.busy} disabledReason={reasonOf(kept.keepRefusal)}>
          {label}
        </Button>
      }
      title={`Revision ${number} at 0 % for debugging`}
      description={`It runs without traffic and never gets any: ${keptSize(kept)}. A new rollout of this service ends it.`}
      confirmLabel={label}
      open={open}
      onOpenChange={setOpen}
      onConfirm={confirm}
    >
      <SelectField
        label="For, from now on"
        options={times}
        value={minutes}
        onChange={(event) => setMinutes(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
