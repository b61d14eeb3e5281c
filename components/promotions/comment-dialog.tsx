'use client';

import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button, type ButtonProps } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';

type Command = { readonly busy: boolean; readonly error: string | null; readonly reset: () => void };

type Props = {
  readonly verb: string;
  readonly icon: LucideIcon;
  readonly variant?: ButtonProps['variant'];
  readonly description: string;
  readonly commentLabel?: string | undefined;
  readonly isCommentNeeded?: boolean | undefined;
  readonly disabledReason: string | undefined;
  readonly command: Command;
  readonly onSend: (comment: string) => void;
};

/** A verb with a word to go with it. It closes when the server's answer arrives on the page, not before. */
export function CommentDialog(props: Props) {
  const { verb, icon, variant, description, disabledReason, command } = props;
  const [open, setOpen] = useState(false);
  // Once the act is done the verb is no longer possible, and that is the moment to close.
  const isOpen = open && disabledReason === undefined;
  return (
    <Dialog
      size="small"
      title={verb}
      description={description}
      open={isOpen}
      onOpenChange={(next) => {
        command.reset();
        setOpen(next);
      }}
      trigger={
        <Button icon={icon} variant={variant} disabledReason={disabledReason} busy={command.busy}>
          {verb}
        </Button>
      }
    >
      <CommentForm {...props} />
    </Dialog>
  );
}

function CommentForm({
  verb,
  variant,
  commentLabel = 'Comment',
  isCommentNeeded = false,
  command,
  onSend,
}: Props) {
  const [comment, setComment] = useState('');
  const isMissing = isCommentNeeded && comment.trim() === '';
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isMissing) onSend(comment.trim());
      }}
    >
      <TextAreaField
        label={commentLabel}
        required={isCommentNeeded}
        rows={3}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {command.error !== null && <Banner tone="bad" title={command.error} />}
      <FormActions>
        <Button
          type="submit"
          variant={variant ?? 'primary'}
          busy={command.busy}
          disabledReason={isMissing ? 'Say why first.' : undefined}
        >
          {verb}
        </Button>
      </FormActions>
    </form>
  );
}
