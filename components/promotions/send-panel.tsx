'use client';

import { FileSignature } from 'lucide-react';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Panel } from '../ui/panel.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { useCommand } from '../use-command.ts';
import type { PromotionPreview } from './promotion-answers.ts';
import type { RequestInput } from './request-input.ts';

type Props = {
  readonly input: RequestInput;
  readonly preview: PromotionPreview;
  readonly problem: string | null;
  /** The preview does not show the newest edit yet. */
  readonly isStale: boolean;
  readonly onChangeSpec?: (() => void) | undefined;
};

/** What is asked in short, a word to those who sign, and the button. */
export function SendPanel({ input, preview, problem, isStale, onChangeSpec }: Props) {
  const trpc = useTrpc();
  const router = useRouter();
  const [note, setNote] = useState('');
  const request = useCommand((extra) => trpc.promotions.request.mutationOptions(extra), {
    onDone: ({ promotionId }) => router.push(`/promotions/${promotionId}`),
  });
  const { from, to } = preview;
  const reason =
    problem ??
    reasonOf(preview.refusals[0] ?? null) ??
    (isStale ? 'What it changes is being worked out.' : undefined);
  return (
    <Panel title="The request">
      <div className="flex flex-col gap-4">
        <EnvironmentLabel environment={preview.environment} />
        <KeyValueList
          items={[
            {
              label: 'Service',
              value: <TextLink href={`/services/${preview.serviceId}`}>{preview.serviceName}</TextLink>,
            },
            {
              label: 'Live now',
              value:
                from === null
                  ? 'nothing'
                  : `${from.modelName} ${from.versionNumber}, revision ${from.number}`,
            },
            { label: 'Then', value: `${to.modelName} ${to.versionNumber}, revision ${to.number}` },
          ]}
        />
        {onChangeSpec !== undefined && (
          <Button size="small" onClick={onChangeSpec}>
            Change the specification too
          </Button>
        )}
        <TextAreaField
          label="Note to those who sign"
          required={false}
          rows={3}
          value={note}
          placeholder="Why now, and what to look at"
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {request.error !== null && <Banner tone="bad" title={request.error} />}
        <Button
          variant="primary"
          icon={FileSignature}
          busy={request.busy}
          disabledReason={reason}
          onClick={() => request.run({ ...input, note })}
        >
          Ask for promotion
        </Button>
        {reason !== undefined && <p className="text-ink-muted text-xs">{reason}</p>}
      </div>
    </Panel>
  );
}
