import { and, desc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftAlert } from '../../db/schema/drift.ts';
import { type AlertFacts, alertFactsSchema } from '../../domain/drift/alert-facts.ts';
import { entersReference } from '../../domain/drift/alert-marks.ts';
import type { AlertSpan } from '../../domain/drift/alert-spans.ts';
import { type Span, type WindowClock, windowAt } from '../../domain/drift/window-clock.ts';

/** Longer than any reference or estimate looks back. */
const rememberedMs = 10 * 7 * 86_400_000;

export type AlertRow = typeof driftAlert.$inferSelect;
export type KnownAlert = { readonly row: AlertRow; readonly facts: AlertFacts | null };

/** Alerts of a service that its references have to know of, latest first. */
export async function knownAlerts(queries: Queries, serviceId: string, now: Date): Promise<KnownAlert[]> {
  const since = new Date(now.getTime() - rememberedMs);
  const rows = await queries
    .select()
    .from(driftAlert)
    .where(
      and(
        eq(driftAlert.serviceId, serviceId),
        or(isNull(driftAlert.clearedAt), gt(driftAlert.clearedAt, since)),
      ),
    )
    .orderBy(desc(driftAlert.openedAt));
  return rows.map((row) => ({ row, facts: alertFactsSchema.safeParse(row.facts).data ?? null }));
}

/** From the start of the first window that drifted to the end of the one that cleared it. */
function windowsOf(clock: WindowClock, { driftedMs, clearedMs }: Omit<AlertSpan, 'openedMs'>): Span {
  return {
    fromMs: windowAt(clock, driftedMs - 1).fromMs,
    toMs: clearedMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Spans whose rows were marked as wrong: no reference is made of them. */
export const dataFaultSpans = (alerts: readonly KnownAlert[]): Span[] =>
  alerts
    .filter(({ row }) => row.state === 'dataFault')
    .map(({ row }) => ({
      fromMs: row.fromAt.getTime(),
      toMs: row.clearedAt?.getTime() ?? Number.POSITIVE_INFINITY,
    }));

/** Alerts of features from windows of the monitor; what drifts slowly the rolling reference may follow. */
const featuresOf = ({ row, facts }: KnownAlert) =>
  row.kind === 'drift' && facts?.of === 'features' && !entersReference(row) ? facts.features : [];

/** Windows of a feature that teach nothing: under an alert of its own that was not expected, or under a data fault. */
export function leftOutOf(alerts: readonly KnownAlert[], clock: WindowClock, featureId: string): Span[] {
  const own = alerts
    .filter(({ row }) => row.state !== 'dataFault')
    .flatMap(featuresOf)
    .filter((one) => one.featureId === featureId);
  return [...dataFaultSpans(alerts), ...own.map((one) => windowsOf(clock, one))];
}

/** When the alerts of a feature that are open began, or null: it is judged against the reference as it stood then. */
export function openSince(
  alerts: readonly KnownAlert[],
  clock: WindowClock,
  featureId: string,
): number | null {
  const began = alerts
    .flatMap(featuresOf)
    .filter((one) => one.featureId === featureId && one.clearedMs === null)
    .map((one) => windowsOf(clock, one).fromMs);
  return began.length === 0 ? null : Math.min(...began);
}
