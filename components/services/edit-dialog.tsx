'use client';

import { Pencil } from 'lucide-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogClose } from '../ui/dialog.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';

type Props<Input, Result> = {
  readonly title: string;
  readonly description?: string | undefined;
  readonly disabledReason: string | undefined;
  readonly size?: 'small' | 'medium' | 'large' | undefined;
  /** The command that saves it, and what is said once the server took it. */
  readonly options: Parameters<typeof useCommand<Input, Result>>[0];
  readonly done?: { readonly title: string; readonly body: string } | undefined;
  /** The change that the fields describe, read when it is saved. */
  readonly draft: () => { readonly input: Input } | { readonly problem: string };
  readonly onOpen: () => void;
  readonly children: ReactNode;
};

const requested = { title: 'Change requested', body: 'The worker brings it to the cluster.' };

/** An edit of one part of a Service; keeps what was typed when the server refuses. */
export function EditDialog<Input, Result>(props: Props<Input, Result>) {
  const {
    title,
    description,
    disabledReason,
    size,
    options,
    done = requested,
    draft,
    onOpen,
    children,
  } = props;
  const show = useToast();
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const command = useCommand(options, {
    onDone: () => {
      setOpen(false);
      show({ tone: 'info', ...done });
    },
  });
  const change = (isOpen: boolean) => {
    if (isOpen) {
      onOpen();
      setProblem(null);
      command.reset();
    }
    setOpen(isOpen);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = draft();
    if ('problem' in found) return setProblem(found.problem);
    setProblem(null);
    command.run(found.input);
  };
  const shown = problem ?? command.error;
  return (
    <Dialog
      trigger={
        <Button size="small" icon={Pencil} disabledReason={disabledReason}>
          Edit
        </Button>
      }
      title={title}
      description={description}
      size={size ?? 'small'}
      open={open}
      onOpenChange={change}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" type="submit" form={formId} busy={command.busy}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        {shown !== null && <Banner tone="bad" title={shown} />}
        {children}
      </form>
    </Dialog>
  );
}
