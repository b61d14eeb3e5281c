import { type Check, type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { durationInput, parseDuration } from './duration-field.ts';

export type StepDraft = {
  readonly key: number;
  readonly weight: string;
  readonly minimum: string;
  readonly deadline: string;
  readonly samples: string;
};

export type CheckDraft = {
  readonly key: number;
  readonly kind: Check['kind'];
  readonly of: Check['of'];
  /** Per cent for shares, the query's own unit otherwise; rails only. */
  readonly max: string;
  readonly samples: string;
  readonly slowerThanMs: string;
  readonly query: string;
};

/** A plan as texts of a form. */
export type PlanDraft = {
  readonly steps: readonly StepDraft[];
  readonly checks: readonly CheckDraft[];
  readonly alphaPercent: string;
  readonly interval: string;
  readonly onDeadline: RolloutPlan['onDeadline'];
  readonly progressDeadline: string;
  readonly scaleDownDelay: string;
  readonly bake: string;
};

export function draftOfPlan(plan: RolloutPlan): PlanDraft {
  return {
    steps: plan.steps.map((step, key) => ({
      key,
      weight: String(step.weightPercent),
      minimum: durationInput(step.minimumMs),
      deadline: durationInput(step.deadlineMs),
      samples: String(step.minimumSamples),
    })),
    checks: plan.checks.map((check, key) => ({
      key,
      kind: check.kind,
      of: check.of,
      max: check.kind === 'threshold' ? String(check.of === 'query' ? check.max : tidy(check.max * 100)) : '',
      samples: check.kind === 'threshold' ? String(check.minimumSamples) : '',
      slowerThanMs:
        check.kind === 'drift' || check.slowerThanMs === undefined ? '' : String(check.slowerThanMs),
      query: check.kind === 'threshold' ? (check.query ?? '') : '',
    })),
    alphaPercent: String(tidy(plan.alpha * 100)),
    interval: durationInput(plan.intervalMs),
    onDeadline: plan.onDeadline,
    progressDeadline: durationInput(plan.progressDeadlineMs),
    scaleDownDelay: durationInput(plan.scaleDownDelayMs),
    bake: durationInput(plan.bakeMs),
  };
}

/** Without the dust of binary fractions: 0.07 * 100 is 7. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function figure(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The plan that a draft describes, or the first thing wrong with it as a sentence. */
export function planOfDraft(draft: PlanDraft): { plan: RolloutPlan } | { problem: string } {
  const wrong = firstWrongText(draft);
  if (wrong !== null) return { problem: wrong };
  const parsed = rolloutPlanSchema.safeParse({
    schema: 1,
    steps: draft.steps.map((step) => ({
      weightPercent: figure(step.weight),
      minimumMs: parseDuration(step.minimum),
      deadlineMs: parseDuration(step.deadline),
      minimumSamples: figure(step.samples),
    })),
    checks: namedChecks(draft.checks),
    alpha: tidy(figure(draft.alphaPercent) / 100),
    intervalMs: parseDuration(draft.interval),
    onDeadline: draft.onDeadline,
    progressDeadlineMs: parseDuration(draft.progressDeadline),
    scaleDownDelayMs: parseDuration(draft.scaleDownDelay),
    bakeMs: parseDuration(draft.bake),
  });
  if (parsed.success) return { plan: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: issue === undefined ? 'The plan is not complete.' : issueText(issue) };
}

function firstWrongText(draft: PlanDraft): string | null {
  for (const [index, step] of draft.steps.entries()) {
    if (Number.isNaN(figure(step.weight))) return `Step ${index + 1} needs a weight in per cent.`;
    if (Number.isNaN(figure(step.samples))) return `Step ${index + 1} needs a number of requests.`;
    for (const text of [step.minimum, step.deadline])
      if (parseDuration(text) === null) return `Step ${index + 1}: "${text}" is no duration like "10 min".`;
  }
  for (const text of [draft.interval, draft.progressDeadline, draft.scaleDownDelay, draft.bake])
    if (parseDuration(text) === null) return `"${text}" is no duration like "10 min".`;
  return null;
}

/** Ids are made from what a check looks at; a second of the same kind gets a number. */
function namedChecks(checks: readonly CheckDraft[]): unknown[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const base = check.kind === 'threshold' ? `${check.of}-rail` : check.of;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    const id = count === 1 ? base : `${base}-${count}`;
    if (check.kind === 'drift') return { kind: check.kind, id, of: check.of };
    const slow = check.of === 'slow' ? { slowerThanMs: figure(check.slowerThanMs) } : {};
    if (check.kind === 'eProcess') return { kind: check.kind, id, of: check.of, ...slow };
    const max = check.of === 'query' ? figure(check.max) : tidy(figure(check.max) / 100);
    const query = check.of === 'query' ? { query: check.query } : {};
    return {
      kind: check.kind,
      id,
      of: check.of,
      max,
      minimumSamples: figure(check.samples),
      ...slow,
      ...query,
    };
  });
}

function issueText(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  const [group, index] = issue.path;
  if (typeof index !== 'number') return issue.message;
  const place = group === 'steps' ? 'Step' : 'Check';
  return `${place} ${index + 1}: ${issue.message}`;
}
