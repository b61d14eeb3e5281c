import * as z from 'zod';
import { type Refusal, refusal } from '../refusal.ts';
import { windowLengths } from './window-clock.ts';

/** `active`: it is what windows are compared with, or was until the next one. */
export const rebaseStates = [
  'open',
  'approved',
  'active',
  'rejected',
  'withdrawn',
  'expired',
  'voided',
] as const;
export type RebaseState = (typeof rebaseStates)[number];

/** Everything that a signature on another reference binds to; its canonical JSON is hashed into the subject digest. */
export const rebaseSubjectSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('rebase'),
  projectId: z.string(),
  serviceId: z.string(),
  binningId: z.string(),
  /** How windows are compared before. */
  before: z.object({
    windowLength: z.enum(windowLengths),
    referenceKind: z.enum(['training', 'fixedWindow', 'sameHours']),
    referenceId: z.string().nullable(),
  }),
  windowLength: z.enum(['day', 'week']),
  /** The window of its past; null where the bins are learned anew, since no row was counted on those yet. */
  fromAt: z.string().nullable(),
  toAt: z.string().nullable(),
  /** Bins are learned from rows to come, and the first so many whole days that are counted on them are the reference. */
  newBinsDays: z.int().optional(),
  policyRevisionId: z.string(),
});
export type RebaseSubject = Readonly<z.infer<typeof rebaseSubjectSchema>>;

const sentences: Record<Exclude<RebaseState, 'open'>, string> = {
  approved: 'It is approved already and takes effect at the end of a window.',
  active: 'It is in force already.',
  rejected: 'It was rejected.',
  withdrawn: 'It was withdrawn.',
  expired: 'It was not decided in the time that the policy gives.',
  voided: 'What it was to replace, or who signs, has changed, so this request is void.',
};

/** Why nothing can be decided about the request any more, or null. */
export function rebaseDecidedRefusal(state: RebaseState): Refusal | null {
  if (state === 'open') return null;
  return refusal({ code: 'wrongState', message: sentences[state], params: { state }, fix: 'Ask again.' });
}

/** Why the request cannot be taken back any more, or null; days on new bins are long enough to think better of it. */
export function withdrawRebaseRefusal(state: RebaseState, newBinsDays: number | null): Refusal | null {
  return state === 'approved' && newBinsDays !== null ? null : rebaseDecidedRefusal(state);
}

type Stored = { readonly state: RebaseState; readonly expiresAt: Date };

/** What the stored state has become: nobody decides after its time, and void is only what is open or not in force yet. */
export function presentRebaseState({ state, expiresAt }: Stored, changed: boolean, now: Date): RebaseState {
  if (state !== 'open' && state !== 'approved') return state;
  if (changed) return 'voided';
  return state === 'open' && expiresAt <= now ? 'expired' : state;
}
