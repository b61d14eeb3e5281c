import type { Role } from '../../domain/permission.ts';
import { type PolicyRules, policyRulesSchema } from '../../domain/policy.ts';
import { durationInput, parseDuration } from '../rollouts/duration-field.ts';

export type RuleDraft = {
  readonly key: number;
  /** Null for a rule that was not saved yet. */
  readonly id: string | null;
  readonly roles: readonly Role[];
  readonly minimum: string;
};

export type ProvingDraft = {
  readonly key: number;
  readonly environment: string;
  /** "2 h". */
  readonly time: string;
};

/** A policy's rules as a form holds them. */
export type RulesDraft = {
  readonly rules: readonly RuleDraft[];
  readonly people: string;
  readonly distinctFromRequester: boolean;
  readonly distinctFromAuthor: boolean;
  readonly requiresPassingEvidence: boolean;
  readonly requiresCheckedBytes: boolean;
  readonly expiresAfterDays: string;
  readonly provenIn: readonly ProvingDraft[];
};

const dayMs = 86_400_000;

export function draftOfRules(rules: PolicyRules): RulesDraft {
  return {
    rules: rules.rules.map((rule, key) => ({
      key,
      id: rule.id,
      roles: rule.roles,
      minimum: String(rule.minimum),
    })),
    people: String(rules.minimumDistinctPeople),
    distinctFromRequester: rules.distinctFromRequester,
    distinctFromAuthor: rules.distinctFromAuthor,
    requiresPassingEvidence: rules.requiresPassingEvidence,
    requiresCheckedBytes: rules.requiresCheckedBytes,
    expiresAfterDays: String(rules.expiresAfterMs / dayMs),
    provenIn: rules.provenIn.map(({ environment, healthyMs }, key) => ({
      key,
      environment,
      time: durationInput(healthyMs),
    })),
  };
}

export function newRule(rules: readonly RuleDraft[]): RuleDraft {
  return { key: freeKey(rules), id: null, roles: ['approver'], minimum: '1' };
}

export function newProving(rules: readonly ProvingDraft[], environment: string): ProvingDraft {
  return { key: freeKey(rules), environment, time: '2 h' };
}

function freeKey(rules: readonly { readonly key: number }[]): number {
  return 1 + Math.max(-1, ...rules.map((rule) => rule.key));
}

/** The rules that a draft describes, or the first thing wrong with it as a sentence. */
export function rulesOfDraft(draft: RulesDraft): { rules: PolicyRules } | { problem: string } {
  for (const [index, rule] of draft.rules.entries()) {
    if (rule.roles.length === 0) return { problem: `Rule ${index + 1}: name at least one role.` };
    if (!isCount(rule.minimum, 1)) return { problem: `Rule ${index + 1}: ask for 1 to 20 people.` };
  }
  if (!isCount(draft.people, 0)) return { problem: 'The number of different people is 0 to 20.' };
  const days = Number(draft.expiresAfterDays);
  if (draft.expiresAfterDays.trim() === '' || !(days > 0 && days <= 90))
    return { problem: 'A request expires after at most 90 days.' };
  const provenIn = draft.provenIn.map(({ environment, time }) => ({
    environment,
    healthyMs: parseDuration(time),
  }));
  const unnamed = provenIn.find((rule) => rule.environment === '' || rule.healthyMs === null);
  if (unnamed !== undefined)
    return {
      problem:
        unnamed.environment === ''
          ? 'Choose the environment in which a version proves itself.'
          : `${unnamed.environment}: give a time such as "2 h" or "30 min".`,
    };
  const parsed = policyRulesSchema.safeParse({
    schema: 2,
    rules: draft.rules.map(({ key, id, roles, minimum }) => ({
      id: id ?? `${roles.join('-or-').slice(0, 34)}-${key + 1}`,
      roles,
      minimum: Number(minimum),
    })),
    minimumDistinctPeople: Number(draft.people),
    distinctFromRequester: draft.distinctFromRequester,
    distinctFromAuthor: draft.distinctFromAuthor,
    requiresPassingEvidence: draft.requiresPassingEvidence,
    requiresCheckedBytes: draft.requiresCheckedBytes,
    expiresAfterMs: Math.round(days * dayMs),
    provenIn,
  });
  if (parsed.success) return { rules: parsed.data };
  return { problem: parsed.error.issues[0]?.message ?? 'The rules are not complete.' };
}

function isCount(text: string, least: number): boolean {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) >= least && Number(text) <= 20;
}
