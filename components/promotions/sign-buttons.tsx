'use client';

import { Check, X } from 'lucide-react';
import type { Refusal } from '../../domain/refusal.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { CommentDialog } from './comment-dialog.tsx';

type Signature<Signed> = {
  readonly busy: boolean;
  readonly error: string | null;
  readonly reset: () => void;
  readonly run: (input: Signed & { comment: string }) => void;
};

type Props<Signed> = {
  /** What a signature counts for, as a sentence. */
  readonly countsFor: string;
  /** The request and the digest of what the person sees. */
  readonly signed: Signed;
  readonly refusals: { readonly approve: Refusal | null; readonly reject: Refusal | null };
  readonly approve: Signature<Signed>;
  readonly reject: Signature<Signed>;
};

/** Approve and Reject of a guarded action, each with a comment; a rejection needs one. */
export function SignButtons<Signed extends object>(props: Props<Signed>) {
  const { countsFor, signed, refusals, approve, reject } = props;
  return (
    <>
      <CommentDialog
        verb="Approve"
        icon={Check}
        variant="primary"
        description={countsFor}
        disabledReason={reasonOf(refusals.approve)}
        command={approve}
        onSend={(comment) => approve.run({ ...signed, comment })}
      />
      <CommentDialog
        verb="Reject"
        icon={X}
        variant="danger"
        isCommentNeeded
        description="One rejection ends the request. Say what would have to be different."
        disabledReason={reasonOf(refusals.reject)}
        command={reject}
        onSend={(comment) => reject.run({ ...signed, comment })}
      />
    </>
  );
}
