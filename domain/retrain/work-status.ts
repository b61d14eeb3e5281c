import * as z from 'zod';

/** How far a training is, by what its object says. */
export type WorkStatus = {
  readonly phase: 'waiting' | 'running' | 'succeeded' | 'failed';
  /** The cluster's own words; empty when it says none. */
  readonly message: string;
};

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
const statusSchema = z.looseObject({
  status: z
    .looseObject({
      phase: z.string().optional(),
      message: z.string().optional(),
      active: z.int().optional(),
      /** Of a Job: pods that are ready; the active ones may still be waiting for a node. */
      ready: z.int().optional(),
      startTime: z.string().optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .optional(),
});

/** Phases of Argo Workflows, Kubeflow and their like. */
const succeededPhases = ['succeeded', 'complete', 'completed'];
const failedPhases = ['failed', 'error', 'omitted'];

function wordsOf({
  reason = '',
  message = '',
}: {
  reason?: string | undefined;
  message?: string | undefined;
}) {
  return [reason, message].filter((word) => word !== '').join(': ');
}

/**
 * Reads the end of a Job from its conditions Complete and Failed, and that of other kinds from the same, from Succeeded,
 * or from a phase. What says nothing yet waits.
 */
export function workStatusOf(object: unknown): WorkStatus {
  const { status = {} } = statusSchema.parse(object);
  const conditions = status.conditions ?? [];
  const held = (type: string, value = 'True') =>
    conditions.find((each) => each.type === type && each.status === value);
  const failed = held('Failed') ?? held('Succeeded', 'False');
  if (failed !== undefined) return { phase: 'failed', message: wordsOf(failed) };
  const complete = held('Complete') ?? held('Succeeded') ?? held('Completed');
  if (complete !== undefined) return { phase: 'succeeded', message: wordsOf(complete) };
  const phase = (status.phase ?? '').toLowerCase();
  const message = status.message ?? '';
  if (succeededPhases.includes(phase)) return { phase: 'succeeded', message };
  if (failedPhases.includes(phase)) return { phase: 'failed', message };
  const suspended = held('Suspended');
  if (suspended !== undefined) return { phase: 'waiting', message: wordsOf(suspended) };
  const runs = (status.ready ?? status.active ?? 0) > 0 || phase === 'running';
  return { phase: runs ? 'running' : 'waiting', message };
}
