import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftWindow } from '../../../db/schema/drift.ts';
import { allRows, noRows } from '../../../domain/drift/counters.ts';
import type { WindowVerdicts } from '../../../domain/drift/monitor-schema.ts';
import { usualRows, windowRows } from '../../../domain/drift/traffic.ts';
import type { Span } from '../../../domain/drift/window-clock.ts';
import { type FeatureWindow, judgeWindow } from '../../../domain/drift/window-verdict.ts';
import { readCounters } from '../../rows/drift-counters.ts';
import { inputDigestOf } from '../../rows/drift-input-digest.ts';
import type { Monitored } from '../../rows/monitored-service.ts';
import { isOfLength } from '../../rows/window-length.ts';
import { dispersionsAt } from './dispersions.ts';
import { type FoundReference, referenceFor } from './reference.ts';

/** Windows whose rows tell what is usual where the same hours of earlier weeks do not yet. */
const recentWindows = 24;

export type JudgedWindow = WindowVerdicts & {
  readonly span: Span;
  readonly rows: number;
  readonly revision: number;
};

/** Judges one window from its counters and stores what it was found to be, again with a higher revision. */
export async function judgeAndStore(
  tx: Transaction,
  monitored: Monitored,
  { span, now }: { readonly span: Span; readonly now: Date },
): Promise<JudgedWindow> {
  const { monitor, binningId } = monitored;
  const { serviceId } = monitor;
  const range = { from: new Date(span.fromMs), to: new Date(span.toMs) };
  const current = await readCounters(tx, { serviceId, binningId, ...range });
  const reference = await referenceFor(tx, monitored, span);
  const dispersions = await dispersionsAt(tx, monitored, span);
  const rows = windowRows(current, monitored.features);
  const compared = monitored.features.map(
    ({ featureId, binning }): FeatureWindow => ({
      featureId,
      binning,
      reference: reference.counters.get(featureId) ?? noRows(binning),
      current: current.get(featureId) ?? noRows(binning),
      dispersions: dispersions[featureId] ?? {},
    }),
  );
  const isEmpty = [...current.values()].every((counters) => allRows(counters) === 0);
  const whyNone = isEmpty ? 'No rows came in this window.' : reference.whyNone;
  const stored: WindowVerdicts = {
    schema: 1,
    ...(await usualRowsOf(tx, monitored, { span, ...reference })),
    verdicts: whyNone === null ? judgeWindow(compared) : [],
  };
  const kept = {
    windowEnd: range.to,
    referenceId: monitored.reference?.id ?? null,
    rows,
    verdicts: stored,
    whyNone,
    inputDigest: inputDigestOf(binningId, compared),
    judgedAt: now,
  };
  const [row] = await tx
    .insert(driftWindow)
    .values({
      projectId: monitor.projectId,
      monitorId: monitor.id,
      windowStart: range.from,
      revision: 1,
      ...kept,
    })
    .onConflictDoUpdate({
      target: [driftWindow.monitorId, driftWindow.windowStart],
      set: {
        ...kept,
        // The same input gives the same verdicts: nothing was revised.
        revision: sql`${driftWindow.revision} + (${driftWindow.inputDigest} <> excluded.input_digest)::int`,
      },
    })
    .returning({ revision: driftWindow.revision });
  return { ...stored, span, rows, revision: row?.revision ?? 1 };
}

/** The median of the same hours; where those are not there yet, of the last windows. */
async function usualRowsOf(
  tx: Transaction,
  { monitor }: Monitored,
  { span, likeRows }: { span: Span } & Pick<FoundReference, 'likeRows'>,
): Promise<Pick<WindowVerdicts, 'usualRows' | 'usualOf'>> {
  const usual = usualRows(likeRows);
  if (usual !== null) return { usualRows: usual, usualOf: 'sameHours' };
  const recent = await tx
    .select({ rows: driftWindow.rows })
    .from(driftWindow)
    .where(
      and(
        eq(driftWindow.monitorId, monitor.id),
        lt(driftWindow.windowStart, new Date(span.fromMs)),
        isOfLength(monitor.windowLength),
      ),
    )
    .orderBy(desc(driftWindow.windowStart))
    .limit(recentWindows);
  return { usualRows: usualRows(recent.map(({ rows }) => rows)), usualOf: 'lastWindows' };
}
