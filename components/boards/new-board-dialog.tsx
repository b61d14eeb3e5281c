'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { type BoardTemplate, boardTemplates } from '../../domain/board-layout.ts';
import { templateWords } from '../../domain/board-template.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

type Props = { readonly taken: readonly string[]; readonly disabledReason: string | undefined };

/** Makes a board of a ready template, or an empty one. */
export function NewBoardDialog({ taken, disabledReason }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="New board"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary" icon={Plus} disabledReason={disabledReason}>
          New board
        </Button>
      }
    >
      <NewBoardForm taken={taken} />
    </Dialog>
  );
}

const templateOptions = [
  ...boardTemplates.map((value) => ({ value, label: templateWords[value].name })),
  { value: '', label: 'Nothing: an empty board' },
];

function NewBoardForm({ taken }: { taken: readonly string[] }) {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId } = useProject();
  const [template, setTemplate] = useState<BoardTemplate | null>(
    () => boardTemplates.find((each) => !taken.includes(templateWords[each].name)) ?? null,
  );
  const [typed, setTyped] = useState<string | null>(null);
  const words = template === null ? null : templateWords[template];
  const name = typed ?? words?.name ?? '';
  const create = useCommand((extra) => trpc.boards.create.mutationOptions(extra), {
    onDone: ({ boardId }) => router.push(`/boards/${boardId}`),
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.run({
          projectId,
          name,
          description: words?.description ?? '',
          from:
            template === null
              ? { kind: 'charts', spec: { schema: 1, range: '24h', charts: [] } }
              : { kind: 'template', template },
        });
      }}
    >
      <SelectField
        label="Begin with"
        value={template ?? ''}
        options={templateOptions}
        hint={words?.description ?? 'You add its charts one by one.'}
        onChange={({ currentTarget: { value } }) =>
          setTemplate(boardTemplates.find((each) => each === value) ?? null)
        }
      />
      <TextField
        label="Name"
        required
        maxLength={80}
        value={name}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy}
          disabledReason={name.trim() === '' ? 'Give the board a name.' : undefined}
        >
          Make
        </Button>
      </FormActions>
    </form>
  );
}
