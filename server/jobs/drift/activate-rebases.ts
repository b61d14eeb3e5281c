import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftMonitor, driftReference } from '../../../db/schema/drift.ts';
import { driftRebase } from '../../../db/schema/rebases.ts';
import { service } from '../../../db/schema/services.ts';
import { monitorSettingsSchema } from '../../../domain/drift/monitor-schema.ts';
import { windowAt } from '../../../domain/drift/window-clock.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { appendAudit } from '../../audit/append.ts';
import { newId } from '../../id.ts';
import { endNotice, type When } from '../../notice.ts';
import { readCounters } from '../../rows/drift-counters.ts';
import { dropNextBinning, useNextBinning } from '../../rows/next-binning.ts';
import { type RebaseFacts, rebaseFacts, rebaseNoticeKey } from '../../rows/rebase-facts.ts';
import { onlyRow } from '../../rows/row-project.ts';

/** Until when a monitor still judges as before, because another reference is approved; Infinity without one. */
export async function judgedAsBeforeMs(tx: Transaction, serviceId: string): Promise<number> {
  const [row] = await tx
    .select({ activatesAt: driftRebase.activatesAt })
    .from(driftRebase)
    .where(and(eq(driftRebase.serviceId, serviceId), eq(driftRebase.state, 'approved')));
  return row?.activatesAt?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** Puts approved references in force whose monitor has judged all windows before; what they were to replace may be gone. */
export async function activateRebases(tx: Transaction, when: When): Promise<number> {
  await endDeadRebases(tx, when);
  const rows = await tx
    .select({ id: driftRebase.id })
    .from(driftRebase)
    .innerJoin(driftMonitor, eq(driftMonitor.serviceId, driftRebase.serviceId))
    .where(
      sql`${driftRebase.state} = 'approved'
        and coalesce(${driftMonitor.judgedUntil}, ${driftRebase.activatesAt}) >= ${driftRebase.activatesAt}`,
    )
    .limit(50)
    .for('update', { of: [driftRebase, driftMonitor], skipLocked: true });
  for (const { id } of rows)
    await activate(tx, onlyRow(await rebaseFacts(tx, { rebaseId: id }, when.now)), when);
  return rows.length;
}

/** Requests that nobody can sign any more, because their time is over or what they replace has changed, wait for nobody. */
async function endDeadRebases(tx: Transaction, { now }: When): Promise<void> {
  const rows = await tx
    .select({ id: driftRebase.id })
    .from(driftRebase)
    .where(eq(driftRebase.state, 'open'))
    .limit(50)
    .for('update', { skipLocked: true });
  for (const { id } of rows) {
    const { rebase, state } = onlyRow(await rebaseFacts(tx, { rebaseId: id }, now));
    if (state === 'open') continue;
    await tx.update(driftRebase).set({ state, decidedAt: now }).where(eq(driftRebase.id, id));
    await endNotice(tx, { projectId: rebase.projectId, dedupKey: rebaseNoticeKey(id) }, now);
  }
}

async function activate(tx: Transaction, facts: RebaseFacts, { now, origin }: When): Promise<void> {
  const { rebase, state, subject, action } = facts;
  const { projectId, serviceId, name } = rebase;
  const isVoid = state === 'voided' || !(await hasRows(tx, facts));
  const referenceId = isVoid ? null : newId();
  if (referenceId === null) await dropNextBinning(tx, rebase);
  else await replaceReference(tx, facts, { referenceId, now });
  await tx
    .update(driftRebase)
    .set({ state: isVoid ? 'voided' : 'active', referenceId })
    .where(eq(driftRebase.id, rebase.id));
  const of = onlyRow(await tx.select({ name: service.name }).from(service).where(eq(service.id, serviceId)));
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: 'references.activate',
    now,
    origin,
    drafts: [
      {
        object: { kind: 'service', id: serviceId, name: of.name },
        sentence: isVoid
          ? `did not put the reference "${name}" of ${of.name} in force: ${state === 'voided' ? 'what it was to replace has changed' : 'no rows came on its new bins'}`
          : `compares ${of.name} with the reference "${name}" from now on`,
        before: subject.before,
        after: { referenceId, subjectDigest: action.subjectDigest },
      },
    ],
  });
}

/** A window of the past had rows when it was asked for; days on new bins may have had none. */
async function hasRows(tx: Transaction, { rebase }: RebaseFacts): Promise<boolean> {
  const { serviceId, nextBinningId: binningId, fromAt: from, toAt: to } = rebase;
  if (binningId === null) return true;
  if (from === null || to === null) return false;
  return (await readCounters(tx, { serviceId, binningId, from, to })).size > 0;
}

/** The one before is kept, for alerts and for whoever asks what a window was judged by. */
async function replaceReference(
  tx: Transaction,
  { rebase, subject, requestedBy }: RebaseFacts,
  { referenceId, now }: { referenceId: string; now: Date },
): Promise<void> {
  const { projectId, serviceId, name, fromAt, toAt, windowLength } = rebase;
  await tx
    .update(driftReference)
    .set({ replacedAt: now })
    .where(
      and(
        eq(driftReference.serviceId, serviceId),
        eq(driftReference.kind, 'fixedWindow'),
        isNull(driftReference.replacedAt),
      ),
    );
  const { nextBinningId } = rebase;
  const binningId = nextBinningId ?? subject.binningId;
  if (nextBinningId !== null) await useNextBinning(tx, { serviceId, binningId });
  await tx.insert(driftReference).values({
    id: referenceId,
    projectId,
    serviceId,
    binningId,
    kind: 'fixedWindow',
    name,
    fromAt,
    toAt,
    createdAt: now,
    createdBy: requestedBy.id,
  });
  const monitor = onlyRow(await tx.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId)));
  const { timeZone } = monitorSettingsSchema.parse(monitor.settings);
  const anew = {
    judgedUntil: new Date(windowAt({ length: windowLength, timeZone }, now.getTime()).fromMs),
    dispersions: null,
  };
  await tx
    .update(driftMonitor)
    .set({
      windowLength,
      referenceKind: 'fixedWindow',
      generation: monitor.generation + 1,
      ...(monitor.windowLength === windowLength ? {} : anew),
      ...(nextBinningId === null ? {} : { dispersions: null }),
    })
    .where(eq(driftMonitor.id, monitor.id));
}
