'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { Retraining } from './retrain-answers.ts';
import { policyWords } from './retrain-words.ts';

type Policy = keyof typeof policyWords;
const policies: readonly Policy[] = ['off', 'notify', 'approve', 'auto'];

type Action = Retraining['settings']['action'];

function keyOf(action: Action): string {
  switch (action.kind) {
    case 'none':
      return 'none';
    case 'webhook':
      return `webhook:${action.channelId}`;
    case 'template':
      return `template:${action.templateId}`;
  }
}

function actionOf(key: string): Action {
  const [kind, id = ''] = key.split(':');
  if (kind === 'webhook') return { kind, channelId: id };
  return kind === 'template' ? { kind, templateId: id } : { kind: 'none' };
}

type Props = { readonly serviceId: string; readonly data: Retraining; readonly onDone: () => void };

/** Who decides, what starts, and how long it rests afterwards. */
export function RetrainForm({ serviceId, data, onDone }: Props) {
  const trpc = useTrpc();
  const { settings, generation, choices } = data;
  const [policy, setPolicy] = useState<Policy>(settings.policy);
  const [action, setAction] = useState(() => keyOf(settings.action));
  const [hours, setHours] = useState(String(settings.cooldownHours));
  const save = useCommand((extra) => trpc.retrains.configure.mutationOptions(extra), { onDone });
  const starts = policy === 'approve' || policy === 'auto';
  const options = [
    { value: 'none', label: 'Nothing' },
    ...choices.templates.map(({ id, name }) => ({ value: `template:${id}`, label: `Template ${name}` })),
    ...choices.webhooks.map(({ id, name }) => ({ value: `webhook:${id}`, label: `Webhook ${name}` })),
  ];
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const chosen = starts ? actionOf(action) : ({ kind: 'none' } as const);
        save.run({
          serviceId,
          seenGeneration: generation,
          settings: { policy, action: chosen, cooldownHours: Number(hours) },
        });
      }}
    >
      <FormGrid>
        <SelectField
          label="A real alert leads to"
          value={policy}
          onChange={(event) => setPolicy(policies.find((one) => one === event.currentTarget.value) ?? 'off')}
          options={policies.map((one) => ({ value: one, label: policyWords[one] }))}
        />
        {starts && (
          <SelectField
            label="It starts"
            value={action}
            hint="Templates are allowed by an instance admin, webhooks are channels in our own format."
            onChange={(event) => setAction(event.currentTarget.value)}
            options={options}
          />
        )}
        {policy !== 'off' && (
          <TextField
            label="Rest after a request is over"
            inputMode="decimal"
            required
            suffix="hours"
            value={hours}
            hint="Until then no alert opens the next one by itself."
            onChange={(event) => setHours(event.currentTarget.value)}
          />
        )}
      </FormGrid>
      {save.error !== null && <Banner tone="bad" title={save.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={save.busy}
          disabledReason={starts && action === 'none' ? 'Choose what starts the training.' : undefined}
        >
          Save
        </Button>
      </FormActions>
    </form>
  );
}
