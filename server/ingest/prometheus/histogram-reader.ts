import { sql } from 'drizzle-orm';
import { packContribution } from '../../../domain/drift/contribution.ts';
import type { Bucket } from '../../../domain/drift/histogram-buckets.ts';
import { type CountedLooks, forgottenMs, seriesIncreases } from '../../../domain/drift/histogram-series.ts';
import { latestMs } from '../../../domain/drift/row-reject.ts';
import { fiveMinutesMs } from '../../../domain/drift/window.ts';
import { retryingDeadlocks } from '../../command.ts';
import { digestOf } from '../../digest.ts';
import type { HistogramSample, Metrics } from '../../metrics/metrics.ts';
import { type NewBatch, storeBatchesIn } from '../append-batch.ts';
import { histogramParts, withFeatures } from '../histogram-features.ts';
import type { IngestParts } from '../ingest-parts.ts';
import type { Counting } from '../service-catalogue.ts';
import { addTallies } from '../tallies.ts';
import { readLooks, storedLooks } from './counted-looks.ts';
import { type SeenPod, seenPods } from './seen-pods.ts';
import type { Source, Standing } from './source-rows.ts';

/** An instant is read so much later, that what was scraped for it is there. */
export const settleMs = 90_000;
/** Instants of one query. */
const mostInstants = 12;
/** What is older is refused like every late row; a little less, since reading takes its time. */
const readableMs = latestMs - 600_000;

export type RoundAnswer = Standing & {
  /** Whether there is more to read at once. */
  readonly behind: boolean;
};

/** Why nothing could be read: a sentence. */
export class HistogramProblem extends Error {
  override readonly name = 'HistogramProblem';
}

type Round = {
  readonly source: Source;
  readonly counting: Counting;
  readonly samples: readonly HistogramSample[];
  readonly revisionOf: (sample: HistogramSample) => string | null;
  readonly isNew: (sample: HistogramSample) => boolean;
};

/**
 * Reads the next instants of a source and counts what its histograms counted up to each, in one transaction with where
 * they stood: what is read again counts nothing, and what was missed counts when it is seen. Throws HistogramProblem.
 */
export async function readRound(
  parts: IngestParts,
  source: Source,
  metrics: Pick<Metrics, 'histograms'>,
): Promise<RoundAnswer> {
  const { catalogue, nowMs } = await parts.catalogues.of(source.serviceId);
  const plan = planned(source, nowMs);
  const { serviceId, clusterId, namespace, serviceName } = catalogue;
  const answer = await metrics.histograms?.({
    scope: { serviceId, serviceName, clusterId, namespace },
    source: source.fields,
    boundaries: plan.instants.map((atMs) => new Date(atMs)),
  });
  if (answer === undefined)
    throw new HistogramProblem('The environment has no metrics source that keeps histograms.');
  if (answer.kind === 'noEvidence') throw new HistogramProblem(answer.message);
  const { samples } = answer;
  const pods = await seenPods(parts.db, catalogue, [...new Set(samples.map(({ pod }) => pod))]);
  const revisionOf = revisions(catalogue.revisions, pods);
  const own = samples.filter((sample) => revisionOf(sample) !== null);
  const isNew = beganMeanwhile(source, pods);
  if (plan.counts) {
    const counting = await withFeatures(parts, serviceId, told(source, own));
    await store(parts, plan, { source, counting, samples: own, revisionOf, isNew });
  }
  return { ...standing(source, { samples, own }, plan), behind: plan.behind };
}

type Plan = {
  /** In the first round the first instant is where counting begins. */
  readonly instants: readonly number[];
  readonly before: CountedLooks | null;
  readonly gap: boolean;
  readonly behind: boolean;
  /** False between two instants: it is only looked whether the histogram is there. */
  readonly counts: boolean;
};

function planned({ through, looks }: Source, nowMs: number): Plan {
  const oldestMs = Math.ceil((nowMs - readableMs) / fiveMinutesMs) * fiveMinutesMs;
  const gap = looks !== null && through.getTime() < oldestMs;
  const before = looks === null || gap ? null : readLooks(looks);
  const fromMs = Math.max(through.getTime(), oldestMs);
  const lastMs = Math.floor((nowMs - settleMs) / fiveMinutesMs) * fiveMinutesMs;
  const steps: number[] = before === null ? [fromMs] : [];
  for (
    let atMs = fromMs + fiveMinutesMs;
    atMs <= lastMs && steps.length < mostInstants;
    atMs += fiveMinutesMs
  )
    steps.push(atMs);
  const counts = steps.length > 0;
  const instants = counts ? steps : [fromMs];
  return { instants, before, gap, counts, behind: (instants.at(-1) ?? lastMs) < lastMs };
}

function revisions(known: Counting['catalogue']['revisions'], pods: ReadonlyMap<string, SeenPod>) {
  const ids = new Set(known.map(({ id }) => id));
  return ({ pod, revisionNumber }: HistogramSample): string | null => {
    if (revisionNumber !== null) return known.find(({ number }) => number === revisionNumber)?.id ?? null;
    const id = pods.get(pod)?.revisionId ?? '';
    return ids.has(id) ? id : null;
  };
}

/**
 * Whether a series of a pod that began after its source was added, and so recently that none of it can have been counted
 * and forgotten, is new as a whole.
 */
function beganMeanwhile({ fields, createdAt }: Source, pods: ReadonlyMap<string, SeenPod>) {
  const sourceMs = createdAt.getTime() - (fields.startAt === 'earliest' ? latestMs : 0);
  return ({ pod, atMs }: HistogramSample): boolean =>
    (pods.get(pod)?.sinceMs ?? 0) > Math.max(sourceMs, atMs - forgottenMs);
}

/** The fullest histogram tells most of where values lie. */
function told({ fields }: Source, samples: readonly HistogramSample[]) {
  const rows = ({ buckets }: HistogramSample) => total(buckets);
  const fullest = samples.toSorted((left, right) => rows(right) - rows(left))[0];
  return fullest === undefined || rows(fullest) === 0
    ? []
    : [{ feature: fields.feature, buckets: fullest.buckets }];
}

const total = (buckets: readonly Bucket[]): number => buckets.reduce((sum, { count }) => sum + count, 0);

function standing(
  { fields: { metric, form } }: Source,
  {
    samples,
    own,
  }: { readonly samples: readonly HistogramSample[]; readonly own: readonly HistogramSample[] },
  { instants }: Plan,
): Standing {
  const lastMs = instants.at(-1);
  if (own.some(({ atMs }) => atMs === lastMs)) return { state: 'reading', why: null };
  const name = form === 'classic' ? `${metric}_bucket` : `native histogram ${metric}`;
  return {
    state: 'waiting',
    why: samples.some(({ atMs }) => atMs === lastMs)
      ? `Prometheus has ${name}, but of no pod that belongs to a revision of this service.`
      : `Prometheus has no series of ${name} in the namespace and with the labels that were named.`,
  };
}

async function store(parts: IngestParts, plan: Plan, round: Round): Promise<void> {
  const { source, samples, counting } = round;
  const byInstant = Map.groupBy(samples, ({ atMs }) => atMs);
  const batches: NewBatch[] = [];
  let looks: CountedLooks = plan.before ?? new Map();
  let unfit = 0;
  for (const [index, atMs] of plan.instants.entries()) {
    const isFirst = plan.before === null && index === 0;
    const step = seriesIncreases(
      looks,
      byInstant.get(atMs) ?? [],
      (sample) => !isFirst && round.isNew(sample),
    );
    looks = step.counted;
    const byRevision = Map.groupBy(step.increases, ({ look }) => round.revisionOf(look) ?? '');
    const counted = [...byRevision].map(([revisionId, increases]) => ({
      revisionId,
      buckets: increases.flatMap(({ buckets }) => buckets),
    }));
    const made = batchOf(source, counting, { atMs, counted });
    if (made.batch !== null) batches.push(made.batch);
    unfit += made.unfit;
  }
  await save(parts, { source, plan, batches, looks, unfit, pods: podsAt(samples, plan) });
}

const podsAt = (samples: readonly HistogramSample[], { instants }: Plan): number =>
  new Set(samples.filter(({ atMs }) => atMs === instants.at(-1)).map(({ pod }) => pod)).size;

type Counted = { readonly revisionId: string; readonly buckets: readonly Bucket[] };

function batchOf(
  { projectId, serviceId, fields: { feature } }: Source,
  counting: Counting,
  { atMs, counted }: { readonly atMs: number; readonly counted: readonly Counted[] },
): { readonly batch: NewBatch | null; readonly unfit: number } {
  const windowMs = atMs - fiveMinutesMs;
  let [rows, unfit] = [0, 0];
  const parts = counted.flatMap(({ revisionId, buckets }) => {
    const found = histogramParts({ feature, buckets }, counting, { revisionId, windowMs });
    if (typeof found === 'string') unfit += total(buckets);
    else rows += total(buckets);
    return typeof found === 'string' ? [] : found;
  });
  if (rows === 0) return { batch: null, unfit };
  const sums = counted.map(({ revisionId, buckets }) => [revisionId, total(buckets)]);
  return {
    unfit,
    batch: {
      projectId,
      serviceId,
      source: `prometheus ${feature}`,
      batchId: new Date(atMs).toISOString(),
      sha256: digestOf(sums),
      contribution: parts.length === 0 ? null : packContribution(parts),
      rows,
      rejected: 0,
      receivedAt: new Date(counting.nowMs),
      rejectedByReason: new Map(),
      unknownNames: [],
      sampled: [],
    },
  };
}

type Saved = {
  readonly source: Source;
  readonly plan: Plan;
  readonly batches: readonly NewBatch[];
  readonly looks: CountedLooks;
  readonly unfit: number;
  readonly pods: number;
};

/** Nothing is stored when another worker went on from here meanwhile, or the source was removed. */
async function save({ db }: IngestParts, saved: Saved): Promise<void> {
  const { source, plan, batches, looks, unfit, pods } = saved;
  const { id, projectId, serviceId, through, fields } = source;
  const to = new Date(plan.instants.at(-1) ?? through.getTime()).toISOString();
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  await retryingDeadlocks(db, async (tx) => {
    const { rows: advanced } = await tx.execute(sql`
      update prometheus_source set through = ${to}::timestamptz, looks = ${JSON.stringify(storedLooks(looks))}::jsonb,
        pods = ${pods}, rows = rows + ${rows},
        last_rows_at = case when ${rows} > 0 then clock_timestamp() else last_rows_at end,
        gap_at = case when ${plan.gap} then clock_timestamp() else gap_at end
      where id = ${id} and removed_at is null and through = ${through.toISOString()}::timestamptz
        and (looks is null) = ${source.looks === null}
      returning 1`);
    if (advanced.length === 0) return;
    // Of a former source of this name a stretch may be counted: it stays so.
    await storeBatchesIn(tx, batches);
    if (unfit > 0)
      await addTallies(tx, {
        projectId,
        serviceId,
        source: `prometheus ${fields.feature}`,
        at: new Date(to),
        kind: 'lostRow',
        rows: new Map([['bucketsUnfit', unfit]]),
      });
  });
}
