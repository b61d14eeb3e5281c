import * as z from 'zod';
import { dnsLabelSchema } from './name.ts';
import { type Role, roles } from './permission.ts';
import { type Refusal, refusal } from './refusal.ts';

const ruleSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  /** Members who hold one of these roles may satisfy the rule. */
  roles: z.array(z.enum(roles)).min(1, 'Name at least one role.'),
  minimum: z.int().min(1).max(20),
});
export type PolicyRule = z.infer<typeof ruleSchema>;

const provingSchema = z.object({
  /** Name of an environment of the project. */
  environment: dnsLabelSchema,
  healthyMs: z
    .int()
    .min(1_000, 'Ask for at least one second.')
    .max(30 * 86_400_000, 'Ask for at most 30 days.'),
});
/** A version proves itself in an environment first: healthy at 100 % for a time; judged by domain/proving.ts. */
export type ProvingRule = z.infer<typeof provingSchema>;

const firstRules = z.object({
  schema: z.literal(1),
  /** Empty means that nobody has to sign. */
  rules: z.array(ruleSchema).max(10),
  /** Different people over all rules together. */
  minimumDistinctPeople: z.int().min(0).max(20),
  /** Nobody signs what they asked for, by themselves or by a token of theirs. */
  distinctFromRequester: z.boolean(),
  /** Nobody signs a ModelVersion that they registered, by themselves or by a token of theirs. */
  distinctFromAuthor: z.boolean(),
  /** An evaluation report that passed its thresholds is needed before anyone may ask. */
  requiresPassingEvidence: z.boolean(),
  /** A request that is not decided in this time expires. */
  expiresAfterMs: z
    .int()
    .min(60_000)
    .max(90 * 86_400_000),
});

const presentRules = firstRules.extend({
  schema: z.literal(2),
  /** A revision whose bytes nothing compares with the registered digest is refused; see domain/byte-check.ts. */
  requiresCheckedBytes: z.boolean().default(false),
  provenIn: z
    .array(provingSchema)
    .max(5, 'Name at most five environments.')
    .refine(
      (rules) => new Set(rules.map((rule) => rule.environment)).size === rules.length,
      'Name each environment once.',
    ),
});

/**
 * What a guarded action needs; a revision of it is immutable and the action stores the revision's id. Revisions of schema 1
 * read as they were meant, without proving; a program that knows only them fails on a newer one instead of forgetting a rule.
 */
export const policyRulesSchema = z.discriminatedUnion('schema', [
  firstRules.transform((rules) => ({
    ...rules,
    schema: 2 as const,
    requiresCheckedBytes: false,
    provenIn: [] as ProvingRule[],
  })),
  presentRules,
]);
export type PolicyRules = z.output<typeof policyRulesSchema>;

/** The policy of an environment that asks nobody. */
export const openPolicy: PolicyRules = {
  schema: 2,
  rules: [],
  minimumDistinctPeople: 0,
  distinctFromRequester: true,
  distinctFromAuthor: true,
  requiresPassingEvidence: false,
  requiresCheckedBytes: false,
  expiresAfterMs: 14 * 86_400_000,
  provenIn: [],
};

export type Member = { readonly userId: string; readonly name: string; readonly roles: ReadonlySet<Role> };

export type Signature = { readonly ownerUserId: string; readonly decision: 'approve' | 'reject' };

export type Subject = { readonly requesterUserId: string | null; readonly authorUserIds: readonly string[] };

/** Members who may sign under the rules, given who asked and who made the subject. */
export function eligibleMembers(rules: PolicyRules, members: readonly Member[], subject: Subject): Member[] {
  return members.filter((member) => signerRefusal(rules, member, subject) === null);
}

/** Why this person cannot sign, or null. */
export function signerRefusal(rules: PolicyRules, member: Member, subject: Subject): Refusal | null {
  if (!rules.rules.some((rule) => rule.roles.some((role) => member.roles.has(role))))
    return refusal({
      code: 'notApprover',
      message: 'The policy does not ask for a signature of any role that you hold.',
      fix: 'Ask an admin of the project for the role.',
    });
  if (rules.distinctFromRequester && member.userId === subject.requesterUserId)
    return refusal({ code: 'ownRequest', message: 'You asked for this, so somebody else has to sign.' });
  if (rules.distinctFromAuthor && subject.authorUserIds.includes(member.userId))
    return refusal({
      code: 'ownRequest',
      message: 'You registered this version, so somebody else has to sign.',
    });
  return null;
}

type RuleProgress = {
  readonly rule: PolicyRule;
  readonly signed: readonly string[];
  readonly missing: number;
};

export type ApprovalProgress = {
  readonly rules: readonly RuleProgress[];
  readonly missingPeople: number;
  readonly rejected: boolean;
  /** Every rule and the number of different people are reached and nobody rejected. */
  readonly satisfied: boolean;
  /** Members whose signature would still count, by name. */
  readonly canStillSign: readonly { userId: string; name: string }[];
};

/** Counts signatures of eligible members under each rule; one person may satisfy several rules but is one person. */
export function approvalProgress(
  rules: PolicyRules,
  people: { members: readonly Member[]; subject: Subject },
  signatures: readonly Signature[],
): ApprovalProgress {
  const eligible = eligibleMembers(rules, people.members, people.subject);
  const approvers = new Set(
    signatures
      .filter((signature) => signature.decision === 'approve')
      .map((signature) => signature.ownerUserId),
  );
  const signed = eligible.filter((member) => approvers.has(member.userId));
  const progress = rules.rules.map((rule) => {
    const under = signed
      .filter((member) => rule.roles.some((role) => member.roles.has(role)))
      .map((member) => member.userId);
    return { rule, signed: under, missing: Math.max(0, rule.minimum - under.length) };
  });
  const missingPeople = Math.max(0, rules.minimumDistinctPeople - signed.length);
  const rejected = signatures.some((signature) => signature.decision === 'reject');
  const decided = new Set(signatures.map((signature) => signature.ownerUserId));
  return {
    rules: progress,
    missingPeople,
    rejected,
    satisfied: !rejected && missingPeople === 0 && progress.every((entry) => entry.missing === 0),
    canStillSign: eligible
      .filter((member) => !decided.has(member.userId))
      .map(({ userId, name }) => ({ userId, name })),
  };
}

/** Why nobody could ever satisfy these rules with these members, or null; asked before a revision is saved and before a request is sent. */
export function satisfiableRefusal(
  rules: PolicyRules,
  members: readonly Member[],
  subject: Subject,
): Refusal | null {
  const eligible = eligibleMembers(rules, members, subject);
  for (const rule of rules.rules) {
    const able = eligible.filter((member) => rule.roles.some((role) => member.roles.has(role))).length;
    if (able < rule.minimum)
      return unsatisfiable(
        `Rule "${rule.id}" asks for ${rule.minimum} of ${rule.roles.join(' or ')}, but only ${able} could sign.`,
      );
  }
  if (eligible.length < rules.minimumDistinctPeople)
    return unsatisfiable(
      `The policy asks for ${rules.minimumDistinctPeople} different people, but only ${eligible.length} could sign.`,
    );
  return null;
}

/**
 * Why no new version could ever pass where these environments follow these rules, or null: an environment that would have
 * to be proven in itself, directly or round a circle. An environment without an entry asks for nothing.
 */
export function provingCircleRefusal(provenIn: ReadonlyMap<string, readonly string[]>): Refusal | null {
  const cleared = new Set<string>();
  const circleFrom = (name: string, path: readonly string[]): readonly string[] | null => {
    const again = path.indexOf(name);
    if (again !== -1) return [...path.slice(again), name];
    if (cleared.has(name)) return null;
    for (const next of provenIn.get(name) ?? []) {
      const found = circleFrom(next, [...path, name]);
      if (found !== null) return found;
    }
    cleared.add(name);
    return null;
  };
  for (const name of provenIn.keys()) {
    const circle = circleFrom(name, []);
    if (circle === null) continue;
    const [first, ...others] = circle;
    return refusal({
      code: 'policyUnsatisfiable',
      message: `No new version could ever get in: ${first} waits for ${others.join(', which waits for ')}.`,
      fix: 'Let a version prove itself in an environment that it reaches earlier.',
    });
  }
  return null;
}

function unsatisfiable(message: string): Refusal {
  return refusal({
    code: 'policyUnsatisfiable',
    message,
    fix: 'Give more members the role, or lower the number in the policy.',
  });
}
