import { and, eq, gt, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries, Transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { keepRefusal, releaseRefusal, usualKeepMs } from '../../domain/canary-keeping.ts';
import { durationText } from '../../domain/figure-text.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import type { AuditDraft } from '../audit/append.ts';
import { clockOffsetMs } from '../clock.ts';
import { command } from '../command.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { intentOf, progressOf } from '../rows/rollout-rows.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { keepCanaryMsSchema, reasonSchema } from './commands.ts';

const project = (tx: Transaction, input: { rolloutId: string }) => rowProject(tx, rollout, input.rolloutId);

/** What decides whether the canary of a rollout can be kept or taken away. */
export async function keepingOf(queries: Queries, record: RolloutRecord) {
  const newer = await queries
    .select({ id: rollout.id })
    .from(rollout)
    .where(and(eq(rollout.serviceId, record.serviceId), gt(rollout.startedAt, record.startedAt)))
    .limit(1);
  return {
    intent: intentOf(record),
    progress: progressOf(record),
    keptEndedAt: record.keptEndedAt,
    newerRollout: newer.length > 0,
  };
}

/** Lets what went back run on without traffic (or run again), for so long from now; a repeat gives it more time. */
export const keepCanary = command(
  {
    permission: 'rollouts.keepCanary',
    schema: z.object({
      rolloutId: idSchema,
      keepCanaryMs: keepCanaryMsSchema.default(usualKeepMs),
      reason: reasonSchema.default(''),
    }),
    project,
  },
  async ({ tx, input, now }) => {
    const { record, at, name } = await locked(tx, input.rolloutId, now);
    refuse(keepRefusal(await keepingOf(tx, record)));
    const keepUntil = new Date(at.getTime() + input.keepCanaryMs);
    await change(tx, record, { keepUntil, keptEndedAt: null });
    await wakeService(tx, record.serviceId, now);
    const words = `keeps revision ${await numberOf(tx, record)} at 0 % for debugging, for ${durationText(input.keepCanaryMs)}`;
    const audit = entry(record, { name, sentence: words, after: { keepUntil }, reason: input.reason });
    return { result: { rolloutId: record.id, keepUntil }, audit: [audit] };
  },
);

/** Takes away at once what was kept. */
export const releaseCanary = command(
  {
    permission: 'rollouts.releaseCanary',
    schema: z.object({ rolloutId: idSchema, reason: reasonSchema.default('') }),
    project,
  },
  async ({ tx, input, now }) => {
    const { record, at, name } = await locked(tx, input.rolloutId, now);
    refuse(releaseRefusal(await keepingOf(tx, record), at));
    const keptEndedAt = record.endedAt === null ? null : at;
    await change(tx, record, { keepUntil: at, keptEndedAt });
    await wakeService(tx, record.serviceId, now);
    const words = `had revision ${await numberOf(tx, record)}, kept at 0 % for debugging, taken away`;
    const audit = entry(record, { name, sentence: words, after: { keepUntil: at }, reason: input.reason });
    return { result: { rolloutId: record.id }, audit: [audit] };
  },
);

async function locked(
  tx: Transaction,
  rolloutId: string,
  now: Date,
): Promise<{ record: RolloutRecord; at: Date; name: string }> {
  const [found] = await tx
    .select({ serviceId: rollout.serviceId })
    .from(rollout)
    .where(eq(rollout.id, rolloutId));
  const { row, environment } = await lockService(tx, found?.serviceId ?? '');
  const record = onlyRow(await tx.select().from(rollout).where(eq(rollout.id, rolloutId)).for('update'));
  const at = new Date(now.getTime() + (await clockOffsetMs(tx, environment.clusterId)));
  return { record, at, name: `${row.name} in ${environment.name}` };
}

async function change(
  tx: Transaction,
  { id }: RolloutRecord,
  kept: { keepUntil: Date; keptEndedAt: Date | null },
): Promise<void> {
  await tx
    .update(rollout)
    .set({ ...kept, generation: sql`${rollout.generation} + 1` })
    .where(eq(rollout.id, id));
}

async function numberOf(tx: Transaction, { toRevisionId }: RolloutRecord): Promise<number> {
  return (await revisionRefs(tx, [toRevisionId])).of(toRevisionId).number;
}

function entry(
  record: RolloutRecord,
  { name, sentence, after, reason }: { name: string; sentence: string; after: unknown; reason: string },
): AuditDraft {
  return {
    object: { kind: 'rollout', id: record.id, name },
    sentence,
    before: { keepUntil: record.keepUntil, keptEndedAt: record.keptEndedAt },
    after,
    comment: reason === '' ? undefined : reason,
    related: [
      { kind: 'service', id: record.serviceId },
      { kind: 'serviceRevision', id: record.toRevisionId },
    ],
  };
}
