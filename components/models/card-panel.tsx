'use client';

import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { Panel } from '../ui/panel.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { useCommand } from '../use-command.ts';
import type { VersionDetail } from './model-answers.ts';

/** The model card, to read and to write in place. */
export function CardPanel({ version }: { version: VersionDetail }) {
  const [isEditing, setEditing] = useState(false);
  return (
    <Panel
      title="Model card"
      actions={
        !isEditing && (
          <Button
            size="small"
            variant="ghost"
            icon={Pencil}
            disabledReason={reasonOf(version.refusals.setCard)}
            onClick={() => setEditing(true)}
          >
            Edit card
          </Button>
        )
      }
    >
      {isEditing ? (
        <CardForm version={version} onDone={() => setEditing(false)} />
      ) : version.card.trim() === '' ? (
        <p className="text-ink-muted">
          No card yet. Say what the version is for, what it was trained on and where it should not be used.
        </p>
      ) : (
        <Markdown text={version.card} />
      )}
    </Panel>
  );
}

function CardForm({ version, onDone }: { version: VersionDetail; onDone: () => void }) {
  const trpc = useTrpc();
  const [text, setText] = useState(version.card);
  const save = useCommand((extra) => trpc.modelVersions.setCard.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.run({ modelVersionId: version.id, card: text });
      }}
    >
      <TextAreaField
        label="Card in Markdown"
        rows={14}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {save.error !== null && <Banner tone="bad" title={save.error} />}
      <FormActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" busy={save.busy}>
          Save card
        </Button>
      </FormActions>
    </form>
  );
}
