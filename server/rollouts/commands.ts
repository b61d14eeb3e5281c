import { eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { longestKeepMs } from '../../domain/canary-keeping.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { applyVerb, type RolloutIntent, type RolloutVerb, rolloutRefusal } from '../../domain/rollout.ts';
import type { AuditDraft } from '../audit/append.ts';
import { clockOffsetMs } from '../clock.ts';
import { type CommandRun, command } from '../command.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import { tellStopped } from '../rows/rollout-notices.ts';
import { intentOf, planOf, progressOf } from '../rows/rollout-rows.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';

export const reasonSchema = z.string().trim().max(5_000);
/** How long the canary stays at 0 % for debugging after it went back. */
export const keepCanaryMsSchema = z
  .int()
  .min(60_000)
  .max(longestKeepMs, 'A canary is kept for at most 24 hours.');

const actSchema = z.object({ rolloutId: idSchema, reason: reasonSchema.default('') });
const goBackSchema = actSchema.extend({ keepCanaryMs: keepCanaryMsSchema.optional() });
const project = (tx: Transaction, input: { rolloutId: string }) => rowProject(tx, rollout, input.rolloutId);

export const pauseRollout = command({ permission: 'rollouts.pause', schema: actSchema, project }, (run) =>
  act(run, { verb: 'pause', ...run.input }),
);

export const resumeRollout = command({ permission: 'rollouts.resume', schema: actSchema, project }, (run) =>
  act(run, { verb: 'resume', ...run.input }),
);

/** Sends all traffic to the new revision without the steps between. */
export const promoteRollout = command({ permission: 'rollouts.promote', schema: actSchema, project }, (run) =>
  act(run, { verb: 'promote', ...run.input }),
);

export const abortRollout = command({ permission: 'rollouts.abort', schema: goBackSchema, project }, (run) =>
  act(run, { verb: 'abort', ...run.input }),
);

/** Lets the held step pass although nothing was proven; the reason stays on timeline and audit. */
export const continueWithoutEvidence = command(
  {
    permission: 'rollouts.continueWithoutEvidence',
    schema: actSchema.extend({
      reason: reasonSchema.min(1, 'Say why it may go on without evidence.'),
    }),
    project,
  },
  (run) => act(run, { verb: 'continueWithoutEvidence', ...run.input }),
);

export type Act = {
  readonly verb: RolloutVerb;
  readonly rolloutId: string;
  readonly reason: string;
  /** Only when it goes back: how long the canary stays without traffic. */
  readonly keepCanaryMs?: number | undefined;
};

/** Locks the rollout, asks the rule, stores the new intent, tells of a stop and wakes the worker. */
export async function act(
  { tx, principal, ctx, now }: Pick<CommandRun<unknown>, 'tx' | 'principal' | 'ctx' | 'now'>,
  { verb, rolloutId, reason, keepCanaryMs }: Act,
): Promise<{ result: { rolloutId: string; generation: number }; audit: [AuditDraft] }> {
  const record = onlyRow(await tx.select().from(rollout).where(eq(rollout.id, rolloutId)).for('update'));
  const before = intentOf(record);
  refuse(rolloutRefusal({ intent: before, progress: progressOf(record) }, verb));
  const { environment, row } = await loadService(tx, record.serviceId);
  const at = new Date(now.getTime() + (await clockOffsetMs(tx, environment.clusterId)));
  const acted = applyVerb(before, verb, { now: at, stepIndex: record.stepIndex });
  const keepUntil = keepCanaryMs === undefined ? acted.keepUntil : new Date(at.getTime() + keepCanaryMs);
  const after = { ...acted, keepUntil };
  const saved = await tx
    .update(rollout)
    .set({ ...after, generation: sql`${rollout.generation} + 1` })
    .where(eq(rollout.id, rolloutId))
    .returning({ generation: rollout.generation });
  await wakeService(tx, record.serviceId, now);
  if (after.goal !== 'complete') {
    const cause = { kind: 'person', name: principal.name, reason } as const;
    await tellStopped(tx, { record, cause }, { now, origin: ctx.origin });
  }
  const name = `${row.name} in ${environment.name}`;
  return {
    result: { rolloutId, generation: onlyRow(saved).generation },
    audit: [actEntry(record, { verb, name, before, after, reason })],
  };
}

const sentences: Record<RolloutVerb, string> = {
  pause: 'paused the rollout of',
  resume: 'resumed the rollout of',
  promote: 'promoted to 100 % the rollout of',
  abort: 'aborted the rollout of',
  rollBack: 'rolled back the rollout of',
  continueWithoutEvidence: 'let pass without evidence',
};

type Done = {
  readonly verb: RolloutVerb;
  readonly name: string;
  readonly before: RolloutIntent;
  readonly after: RolloutIntent;
  readonly reason: string;
};

function actEntry(record: RolloutRecord, { verb, name, before, after, reason }: Done): AuditDraft {
  const step = planOf(record).steps[record.stepIndex];
  const where =
    verb === 'continueWithoutEvidence'
      ? ` the step at ${step?.weightPercent ?? 100} % of ${name}`
      : ` ${name}`;
  const isKept = after.keepUntil !== before.keepUntil;
  return {
    object: { kind: 'rollout', id: record.id, name },
    sentence: `${sentences[verb]}${where}${isKept ? ', and keeps the canary at 0 % for debugging' : ''}`,
    before: { ...before, phase: record.phase, stepIndex: record.stepIndex },
    after,
    comment: reason === '' ? undefined : reason,
    related: [
      { kind: 'service', id: record.serviceId },
      { kind: 'serviceRevision', id: record.toRevisionId },
    ],
  };
}
