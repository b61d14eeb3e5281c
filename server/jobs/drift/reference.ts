import type { Queries } from '../../../db/client.ts';
import { addCounters, type Counters } from '../../../domain/drift/counters.ts';
import { windowRows } from '../../../domain/drift/traffic.ts';
import { outside, type Span, sameWindows } from '../../../domain/drift/window-clock.ts';
import { readCounters } from '../../rows/drift-counters.ts';
import { leftOutOf, openSince } from '../../rows/known-drift-alerts.ts';
import type { Monitored } from '../../rows/monitored-service.ts';
import { countersOfReference } from '../../rows/reference-counters.ts';

export type FoundReference = {
  /** By feature; one without rows is not there. */
  readonly counters: ReadonlyMap<string, Counters>;
  /** Rows at the same times of earlier weeks, in as long a time. */
  readonly likeRows: readonly number[];
  /** Why nothing can be judged against it: a sentence. */
  readonly whyNone: string | null;
};

type Compared = Pick<FoundReference, 'counters' | 'whyNone'>;

const none = (whyNone: string): Compared => ({ counters: new Map(), whyNone });

/** What a window is compared with, by the kind that the monitor judges against. */
export async function referenceFor(
  queries: Queries,
  monitored: Monitored,
  window: Span,
): Promise<FoundReference> {
  switch (monitored.monitor.referenceKind) {
    case 'sameHours':
      return await sameHours(queries, monitored, window);
    case 'fixedWindow':
      return {
        ...(await fixedWindow(queries, monitored)),
        likeRows: await likeRows(queries, monitored, window),
      };
    case 'training':
      return { ...training(monitored), likeRows: await likeRows(queries, monitored, window) };
  }
}

const lengthOf = ({ fromMs, toMs }: Span): number => toMs - fromMs;

async function likeRows(queries: Queries, monitored: Monitored, window: Span): Promise<number[]> {
  const { monitor, clock, binningId, features } = monitored;
  const found: number[] = [];
  for (const span of sameWindows(clock, window)) {
    const range = { from: new Date(span.fromMs), to: new Date(span.toMs) };
    const counters = await readCounters(queries, { serviceId: monitor.serviceId, binningId, ...range });
    const rows = windowRows(counters, features);
    if (rows > 0) found.push((rows * lengthOf(window)) / lengthOf(span));
  }
  return found;
}

function training({ binningId, reference }: Monitored): Compared {
  if (reference === null)
    return none('It has no training reference; upload one, or compare with the same hours.');
  if (reference.binningId !== binningId)
    return none(`Its reference "${reference.name}" was counted with other bins; make it anew.`);
  return { counters: countersOfReference(reference.counters), whyNone: null };
}

async function fixedWindow(queries: Queries, monitored: Monitored): Promise<Compared> {
  const { monitor, binningId, reference } = monitored;
  if (reference === null || reference.fromAt === null || reference.toAt === null)
    return none('It has no fixed window to compare with; choose one, or compare with the same hours.');
  if (reference.binningId !== binningId)
    return none(`Its reference "${reference.name}" was counted with other bins; make it anew.`);
  const { serviceId } = monitor;
  const { fromAt: from, toAt: to } = reference;
  const counters = await readCounters(queries, { serviceId, binningId, from, to });
  return { counters, whyNone: null };
}

/** Each feature has the same hours of its own: those under its alerts are left out. */
async function sameHours(queries: Queries, monitored: Monitored, window: Span): Promise<FoundReference> {
  const { monitor, clock, binningId, features, alerts } = monitored;
  const bySpan = new Map<number, { span: Span; featureIds: string[] }>();
  for (const { featureId } of features) {
    const since = openSince(alerts, clock, featureId) ?? window.fromMs;
    const spans = sameWindows(clock, window, Math.min(window.fromMs, since));
    for (const span of outside(spans, leftOutOf(alerts, clock, featureId))) {
      const entry = bySpan.get(span.fromMs) ?? { span, featureIds: [] };
      entry.featureIds.push(featureId);
      bySpan.set(span.fromMs, entry);
    }
  }
  const counters = new Map<string, Counters>();
  const rowsLike: number[] = [];
  for (const { span, featureIds } of bySpan.values()) {
    const found = await readCounters(queries, {
      serviceId: monitor.serviceId,
      binningId,
      featureIds,
      from: new Date(span.fromMs),
      to: new Date(span.toMs),
    });
    const rows = windowRows(found, features);
    if (rows > 0) rowsLike.push((rows * lengthOf(window)) / lengthOf(span));
    for (const [featureId, more] of found) {
      const known = counters.get(featureId);
      counters.set(featureId, known === undefined ? more : addCounters(known, more));
    }
  }
  const whyNone =
    counters.size > 0
      ? null
      : 'There are no rows yet of the same hours in the four weeks before to compare with.';
  return { counters, likeRows: rowsLike, whyNone };
}
