import type { Queries } from '../../db/client.ts';
import { addCounters, type Counters, noRows } from '../../domain/drift/counters.ts';
import {
  canPart,
  leastSegmentRows,
  type SegmentShift,
  segmentedFeatures,
  segmentName,
  segmentPrefix,
  segmentShifts,
} from '../../domain/drift/segment.ts';
import { earlierSpans, type Span, withoutSpans } from '../../domain/drift/window-clock.ts';
import { readSegments } from './drift-counters.ts';
import { leftOutOf } from './known-drift-alerts.ts';
import type { Monitored } from './monitored-service.ts';

const hourMs = 3_600_000;

export type ShiftBySegment = {
  /** The column that parts rows. */
  readonly column: string;
  /** What carries most of the shift first; without segments of fewer than 20 rows. */
  readonly segments: readonly (SegmentShift & { readonly name: string })[];
};

type Asked = {
  readonly featureId: string;
  readonly range: Span;
  /** Before which the hours lie that it is compared with: the start of the range, or of what drifts in it. */
  readonly beganMs: number;
};

/**
 * How a feature moved segment by segment over whole hours, against the same hours of the four weeks before (whatever the
 * monitor compares with: other references know no segments). Null where rows are not parted or the feature is not counted so.
 */
export async function shiftBySegment(
  queries: Queries,
  { monitor, binningId, settings, features, alerts, clock }: Monitored,
  { featureId, range, beganMs }: Asked,
): Promise<ShiftBySegment | null> {
  const column = features.find((one) => one.featureId === settings.segmentColumn);
  if (column === undefined || !canPart(column)) return null;
  const feature = segmentedFeatures(features, column.featureId).find((one) => one.featureId === featureId);
  if (feature === undefined) return null;
  const read = async ({ fromMs, toMs }: Span) => {
    const [from, to] = [Math.floor(fromMs / hourMs) * hourMs, Math.ceil(toMs / hourMs) * hourMs];
    return await readSegments(queries, {
      serviceId: monitor.serviceId,
      binningId,
      featureId,
      prefix: segmentPrefix(column.featureId),
      from: new Date(from),
      to: new Date(to),
    });
  };
  const current = await read(range);
  const before = new Map<string, Counters>();
  const spans = withoutSpans(earlierSpans(range, beganMs), leftOutOf(alerts, clock, featureId));
  for (const span of spans)
    for (const [segment, counters] of await read(span)) {
      const known = before.get(segment);
      before.set(segment, known === undefined ? counters : addCounters(known, counters));
    }
  const none = noRows(feature.binning);
  const names = [...new Set([...current.keys(), ...before.keys()])];
  const shifts = segmentShifts(
    names.map((segment) => ({
      segment,
      reference: (before.get(segment) ?? none).counts,
      current: (current.get(segment) ?? none).counts,
    })),
  );
  return {
    column: column.name,
    segments: shifts
      .filter(({ rows, referenceRows }) => Math.max(rows, referenceRows) >= leastSegmentRows)
      .map((shift) => ({ ...shift, name: segmentName(column, shift.segment) })),
  };
}
