import { durationText } from '../../domain/figure-text.ts';
import { burnPolicies, detectionMs, type Objectives, objectivesOf } from '../../domain/objective.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';

/** Objectives as texts of a form; an empty target is none. */
export type ObjectivesDraft = {
  readonly errorsPercent: string;
  readonly latencyPercent: string;
  readonly slowerThanMs: string;
};

export function draftOfObjectives(objectives: Objectives | null): ObjectivesDraft {
  const { errors = null, latency = null } = objectives ?? {};
  return {
    errorsPercent: errors === null ? '' : String(errors.targetPercent),
    latencyPercent: latency === null ? '' : String(latency.targetPercent),
    slowerThanMs: latency === null ? '' : String(latency.slowerThanMs),
  };
}

/** The objectives that a draft describes, or the first thing wrong with it as a sentence. */
export function objectivesOfDraft(draft: ObjectivesDraft): { objectives: Objectives } | { problem: string } {
  const latencySet = draft.latencyPercent.trim() !== '';
  if (latencySet && draft.slowerThanMs === '')
    return { problem: 'Choose the boundary that "in time" means, or empty its target.' };
  const parsed = objectivesSchema.safeParse({
    schema: 1,
    errors: draft.errorsPercent.trim() === '' ? null : { targetPercent: Number(draft.errorsPercent) },
    latency: latencySet
      ? { targetPercent: Number(draft.latencyPercent), slowerThanMs: Number(draft.slowerThanMs) }
      : null,
  });
  if (parsed.success) return { objectives: parsed.data };
  const issue = parsed.error.issues[0];
  const field = issue?.path[0] === 'latency' ? 'Answered in time' : 'Without an error';
  const message = issue?.code === 'invalid_type' ? 'A target is a number like 99.9.' : (issue?.message ?? '');
  return { problem: `${field}: ${message}` };
}

/** After how long a total outage calls somebody; nothing for a target that is none. */
export function noticedText(percent: string): string | undefined {
  if (percent.trim() === '') return undefined;
  const parsed = objectivesSchema.safeParse({ errors: { targetPercent: Number(percent) } });
  const budgetPpm = parsed.success ? objectivesOf(parsed.data)[0]?.budgetPpm : undefined;
  const fast = burnPolicies[0];
  if (budgetPpm === undefined || fast === undefined) return undefined;
  const times = burnPolicies.map(
    (policy) => detectionMs(policy, { badShare: 1, budgetPpm }) ?? Number.POSITIVE_INFINITY,
  );
  const soonest = Math.min(...times);
  return Number.isFinite(soonest)
    ? `If every request is bad, it alerts after ${durationText(Math.max(60_000, soonest))}.`
    : 'A budget so large can never burn fast enough to alert.';
}

/** The promises to read. */
export function objectiveItems(objectives: Objectives | null): { label: string; value: string }[] {
  const { errors = null, latency = null } = objectives ?? {};
  return [
    { label: 'Without an error', value: errors === null ? 'not promised' : `${errors.targetPercent} %` },
    {
      label: 'Answered in time',
      value:
        latency === null ? 'not promised' : `${latency.targetPercent} % within ${latency.slowerThanMs} ms`,
    },
  ];
}
