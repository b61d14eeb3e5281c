import * as z from 'zod';
import { type Refusal, refusal } from './refusal.ts';

/** open: waits for signatures · approved: waits for its start · started: a rollout carries it · the rest are ends. */
export const promotionStates = [
  'open',
  'approved',
  'started',
  'rejected',
  'withdrawn',
  'expired',
  'voided',
] as const;
export type PromotionState = (typeof promotionStates)[number];

const promotionVerbs = ['approve', 'reject', 'withdraw', 'start', 'retry', 'void', 'expire'] as const;
export type PromotionVerb = (typeof promotionVerbs)[number];

const allowedFrom = {
  approve: ['open'],
  reject: ['open', 'approved'],
  withdraw: ['open', 'approved'],
  start: ['approved'],
  retry: ['started'],
  void: ['open', 'approved'],
  expire: ['open', 'approved'],
} as const satisfies Record<PromotionVerb, readonly PromotionState[]>;

const stateSentence: Record<PromotionState, string> = {
  open: 'It still waits for signatures.',
  approved: 'It is approved already.',
  started: 'Its rollout has started already.',
  rejected: 'It was rejected.',
  withdrawn: 'It was withdrawn.',
  expired: 'It expired before it was decided.',
  voided: 'What was asked for has changed, so this request is void.',
};

/** Why the verb is not possible in this state, or null. */
export function promotionRefusal(state: PromotionState, verb: PromotionVerb): Refusal | null {
  const states: readonly PromotionState[] = allowedFrom[verb];
  if (states.includes(state)) return null;
  return refusal({ code: 'wrongState', message: stateSentence[state], params: { state } });
}

export const promotionSubjectSchema = z.object({
  schema: z.literal(1),
  projectId: z.string(),
  kind: z.literal('promotion'),
  serviceId: z.string(),
  environmentId: z.string(),
  specDigest: z.string(),
  artefactDigest: z.string(),
  imageDigest: z.string(),
  fromRevisionId: z.string().nullable(),
  planDigest: z.string(),
  policyRevisionId: z.string(),
});
/** Everything an approval binds to (design §10); its canonical JSON is hashed into the subject digest. */
export type PromotionSubject = Readonly<z.infer<typeof promotionSubjectSchema>>;

const partNames: Record<keyof PromotionSubject, string> = {
  schema: 'the form of the request',
  projectId: 'the project',
  kind: 'the kind of action',
  serviceId: 'the service',
  environmentId: 'the environment',
  specDigest: 'what the revision runs',
  artefactDigest: 'the artefact',
  imageDigest: 'the serving image',
  fromRevisionId: 'the revision that is live',
  planDigest: 'the rollout plan',
  policyRevisionId: "the environment's policy",
};

export type SubjectPart = {
  readonly part: keyof PromotionSubject;
  readonly name: string;
  readonly asked: string | null;
  readonly now: string | null;
  readonly changed: boolean;
};

/** Every part of the subject as it was asked for and as it is, for the decision page. */
export function subjectParts(asked: PromotionSubject, now: PromotionSubject): SubjectPart[] {
  const keys = Object.keys(partNames) as (keyof PromotionSubject)[];
  return keys.map((part) => ({
    part,
    name: partNames[part],
    asked: asText(asked[part]),
    now: asText(now[part]),
    changed: asked[part] !== now[part],
  }));
}

function asText(value: string | number | null): string | null {
  return value === null ? null : String(value);
}

/** Names the parts in which two subjects differ, for the sentence that says why a request is void. */
function changedParts(asked: PromotionSubject, now: PromotionSubject): string[] {
  const keys = Object.keys(partNames) as (keyof PromotionSubject)[];
  return keys.filter((key) => asked[key] !== now[key]).map((key) => partNames[key]);
}

/** The sentence of a void request; null while nothing changed. */
export function subjectRefusal(asked: PromotionSubject, now: PromotionSubject): Refusal | null {
  const parts = changedParts(asked, now);
  if (parts.length === 0) return null;
  return refusal({
    code: asked.policyRevisionId === now.policyRevisionId ? 'subjectChanged' : 'policyChanged',
    message: `Since this was asked for, ${parts.join(' and ')} changed, so its signatures no longer count.`,
    params: { parts: parts.join(', ') },
    fix: 'Ask again: the new request shows what is different.',
  });
}
