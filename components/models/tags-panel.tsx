'use client';

import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { useCommand } from '../use-command.ts';
import type { VersionDetail } from './model-answers.ts';
import { NameValueRows } from './name-value-rows.tsx';
import { pairsOf } from './name-values.ts';
import { TagList } from './tag-list.tsx';

export function TagsPanel({ version }: { version: VersionDetail }) {
  return (
    <Panel title="Tags" actions={<EditTagsDialog version={version} />}>
      <TagList tags={version.tags} />
    </Panel>
  );
}

function EditTagsDialog({ version }: { version: VersionDetail }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title={`Tags of ${version.modelName} ${version.number}`}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button
          size="small"
          variant="ghost"
          icon={Pencil}
          disabledReason={reasonOf(version.refusals.setTags)}
        >
          Edit tags
        </Button>
      }
    >
      <TagsForm version={version} onDone={() => setOpen(false)} />
    </Dialog>
  );
}

function TagsForm({ version, onDone }: { version: VersionDetail; onDone: () => void }) {
  const trpc = useTrpc();
  const [rows, setRows] = useState(() =>
    Object.entries(version.tags).map(([name, value]) => ({ name, value })),
  );
  const save = useCommand((extra) => trpc.modelVersions.setTags.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.run({ modelVersionId: version.id, tags: pairsOf(rows) });
      }}
    >
      <NameValueRows
        label="Tags"
        nameLabel="Tag"
        valueLabel="Value"
        addLabel="Add a tag"
        rows={rows}
        onChange={(next) => setRows([...next])}
        error={save.error ?? undefined}
      />
      <FormActions>
        <Button type="submit" variant="primary" busy={save.busy}>
          Save tags
        </Button>
      </FormActions>
    </form>
  );
}
