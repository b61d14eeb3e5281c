import * as z from 'zod';
import { driftTests } from '../drift/drift-tests.ts';
import { type Refusal, refusal } from '../refusal.ts';

/**
 * told: people know · asked: waits for signatures · approved: waits to start · running · done: trained, its version is
 * awaited · replaced: a new version came of it · the others ended without one.
 */
export const retrainStates = [
  'told',
  'asked',
  'approved',
  'running',
  'done',
  'replaced',
  'failed',
  'rejected',
  'expired',
  'voided',
  'closed',
] as const;
export type RetrainState = (typeof retrainStates)[number];

const living: readonly RetrainState[] = ['told', 'asked', 'approved', 'running', 'done'];

/** Whether it may still lead to a version; a service has one such request at a time. */
export const isLiving = (state: RetrainState): boolean => living.includes(state);

/** What a request starts, as it was when it was opened: another template of the same name is another action. */
export const chosenActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('webhook'),
    channelId: z.string(),
    name: z.string(),
    /** Of where the channel leads. */
    targetDigest: z.string(),
  }),
  z.object({ kind: z.literal('template'), templateId: z.string(), name: z.string(), digest: z.string() }),
]);
export type ChosenAction = z.output<typeof chosenActionSchema>;

/** Everything that a signature on a retraining binds to; its canonical JSON is hashed into the subject digest. */
export const retrainSubjectSchema = z.object({
  schema: z.literal(1),
  kind: z.literal('retrain'),
  projectId: z.string(),
  serviceId: z.string(),
  retrainId: z.string(),
  alertId: z.string(),
  action: chosenActionSchema,
  policyRevisionId: z.string(),
});
export type RetrainSubject = Readonly<z.output<typeof retrainSubjectSchema>>;

/** What the training is told: which model, why, and of which data. */
export const retrainPayloadSchema = z.object({
  schema: z.literal(1),
  retrainId: z.string(),
  model: z.string(),
  modelVersionId: z.string(),
  modelVersion: z.int(),
  service: z.string(),
  environment: z.string(),
  alertId: z.string(),
  /** What the alert saw, in a sentence. */
  alert: z.string(),
  referenceId: z.string().nullable(),
  /** ISO times: the windows that drifted, up to the one that opened the alert. */
  windowFrom: z.string(),
  windowTo: z.string(),
  features: z.array(
    z.object({ name: z.string(), test: z.enum(driftTests), effect: z.number(), limit: z.number() }),
  ),
  /** Of the counters of the window that opened it; null when it is not there any more. */
  inputDigest: z.string().nullable(),
});
export type RetrainPayload = z.output<typeof retrainPayloadSchema>;

const sentences: Readonly<Record<Exclude<RetrainState, 'asked'>, string>> = {
  told: 'It needs no signature: people were told.',
  approved: 'It is approved already.',
  running: 'It runs already.',
  done: 'It has been trained already.',
  replaced: 'A new version came of it already.',
  failed: 'It has failed.',
  rejected: 'It was rejected.',
  expired: 'It was not decided in the time that the policy gives.',
  voided: 'What was to start, or who signs, has changed, so this request is void.',
  closed: 'It was closed.',
};

/** Why nothing can be signed any more, or null. */
export function retrainDecidedRefusal(state: RetrainState): Refusal | null {
  if (state === 'asked') return null;
  return refusal({ code: 'wrongState', message: sentences[state], params: { state } });
}

/** Why it cannot be closed by hand, or null. What runs goes on running: only nobody waits for it any more. */
export function closeRetrainRefusal(state: RetrainState): Refusal | null {
  if (isLiving(state)) return null;
  return refusal({ code: 'wrongState', message: sentences[state === 'asked' ? 'told' : state] });
}

/** What a stored state has become: nobody decides after its time, and what changes before it has started is void. */
export function presentRetrainState(
  stored: { readonly state: RetrainState; readonly expiresAt: Date | null },
  changed: boolean,
  now: Date,
): RetrainState {
  if (stored.state === 'asked' && stored.expiresAt !== null && stored.expiresAt <= now) return 'expired';
  return changed && (stored.state === 'asked' || stored.state === 'approved') ? 'voided' : stored.state;
}

type Asked = {
  readonly alertState: string;
  /** Whether a request of the service is living. */
  readonly hasLiving: boolean;
  readonly policy: string;
};

/** Why no request can be opened for an alert, or null. */
export function openRetrainRefusal({ alertState, hasLiving, policy }: Asked): Refusal | null {
  if (policy === 'off')
    return refusal({
      code: 'wrongState',
      message: 'Retraining of this service is off.',
      fix: 'Choose on its monitoring page what a real alert leads to.',
    });
  if (alertState !== 'real')
    return refusal({
      code: 'wrongState',
      message: 'Only an alert that was called real leads to a retraining.',
      fix: 'Say first that it is real.',
    });
  if (!hasLiving) return null;
  return refusal({
    code: 'conflict',
    message: 'A retraining of this service is under way already.',
    fix: 'Wait for its version, or close it.',
  });
}
