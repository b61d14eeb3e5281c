import * as z from 'zod';
import { type Bucket, bucketsOfBounds, bucketsOfExponential } from './histogram-buckets.ts';

/** 64-bit numbers are texts in JSON. */
const whole = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const bucketCount = whole.pipe(z.number().max(1_000_000_000, 'A bucket holds at most 1,000,000,000.'));
const nanos = z
  .union([z.string().regex(/^\d{1,19}$/), z.number()])
  .transform((value) => Number(BigInt(value) / 1_000_000n));
const attributesSchema = z
  .array(
    z.object({
      key: z.string(),
      value: z
        .looseObject({ stringValue: z.string().optional(), intValue: z.coerce.string().optional() })
        .optional(),
    }),
  )
  .default([])
  .transform(
    (list) => new Map(list.map(({ key, value }) => [key, value?.stringValue ?? value?.intValue ?? ''])),
  );
const temporality = z.union([z.number(), z.string()]).default(0);
const pointSchema = z.object({
  attributes: attributesSchema,
  timeUnixNano: nanos,
  bucketCounts: z.array(bucketCount).max(200).default([]),
  explicitBounds: z.array(z.number()).max(199).default([]),
});
const sideSchema = z
  .object({ offset: z.int().default(0), bucketCounts: z.array(bucketCount).max(400).default([]) })
  .default({ offset: 0, bucketCounts: [] });
const exponentialSchema = z.object({
  attributes: attributesSchema,
  timeUnixNano: nanos,
  scale: z.int().min(-10).max(20).default(0),
  zeroCount: bucketCount.default(0),
  zeroThreshold: z.number().min(0).default(0),
  positive: sideSchema,
  negative: sideSchema,
});
const metricSchema = z.looseObject({
  name: z.string().max(200).default(''),
  histogram: z
    .object({ aggregationTemporality: temporality, dataPoints: z.array(pointSchema).max(5_000).default([]) })
    .optional(),
  exponentialHistogram: z
    .object({
      aggregationTemporality: temporality,
      dataPoints: z.array(exponentialSchema).max(5_000).default([]),
    })
    .optional(),
});
const resourceSchema = z.object({
  resource: z.object({ attributes: attributesSchema }).default({ attributes: new Map() }),
  scopeMetrics: z
    .array(z.object({ metrics: z.array(metricSchema).max(1_000).default([]) }))
    .max(1_000)
    .default([]),
});

/** An export of metrics in OTLP's JSON, as far as it is read; what JSON leaves out is nothing, zero or empty. */
export const otlpMetricsSchema = z.object({ resourceMetrics: z.array(resourceSchema).max(1_000) });

/** One histogram over one stretch of time, as a feature of the pod or revision that its resource names. */
export type OtlpHistogram = {
  readonly feature: string;
  readonly atMs: number;
  readonly buckets: readonly Bucket[];
  readonly pod: string | null;
  readonly revision: number | null;
};

export type OtlpReading = {
  readonly histograms: readonly OtlpHistogram[];
  /** Points that were not read, by the sentence why. */
  readonly rejected: ReadonlyMap<string, number>;
};

const onlyDelta =
  'Only delta histograms are counted: put the processor cumulativetodelta before the exporter.';
const onlyHistograms = 'Only histograms with buckets are counted.';
const onlyGenAi = 'Only metrics of the GenAI conventions (gen_ai.…) are counted.';
const badBounds = 'Bounds ascend, and there is one bucket more than bounds.';

/** Histograms of an export by the GenAI conventions; token usage is a feature per type of token. */
export function otlpHistograms({ resourceMetrics }: z.output<typeof otlpMetricsSchema>): OtlpReading {
  const histograms: OtlpHistogram[] = [];
  const rejected = new Map<string, number>();
  const reject = (sentence: string, points: number) =>
    rejected.set(sentence, (rejected.get(sentence) ?? 0) + points);
  for (const { resource, scopeMetrics } of resourceMetrics) {
    const { attributes } = resource;
    const revision = Number(attributes.get('fairlead.revision') ?? Number.NaN);
    const from = {
      pod: attributes.get('k8s.pod.name') ?? null,
      revision: Number.isSafeInteger(revision) ? revision : null,
    };
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      const { name } = metric;
      const histogram = metric.histogram ?? metric.exponentialHistogram;
      const points = histogram?.dataPoints ?? [];
      if (!name.startsWith('gen_ai.')) reject(onlyGenAi, Math.max(1, points.length));
      else if (histogram === undefined) reject(onlyHistograms, 1);
      else if (!isDelta(histogram.aggregationTemporality)) reject(onlyDelta, points.length);
      else
        for (const point of points) {
          const buckets = bucketsOf(point);
          const { attributes: of, timeUnixNano: atMs } = point;
          if (typeof buckets === 'string') reject(buckets, 1);
          else histograms.push({ feature: featureName(name, of), atMs, buckets, ...from });
        }
    }
  }
  return { histograms, rejected };
}

const isDelta = (temporality: number | string) =>
  temporality === 1 || temporality === 'AGGREGATION_TEMPORALITY_DELTA';

function bucketsOf(
  point: z.output<typeof pointSchema> | z.output<typeof exponentialSchema>,
): Bucket[] | string {
  if ('scale' in point) {
    const buckets = bucketsOfExponential(point);
    return buckets.length === 0 ? onlyHistograms : buckets;
  }
  const { explicitBounds: bounds, bucketCounts: counts } = point;
  if (counts.length === 0) return onlyHistograms;
  return isBinnable(bounds, counts) ? bucketsOfBounds(bounds, counts) : badBounds;
}

const isBinnable = (bounds: readonly number[], counts: readonly number[]) =>
  bounds.length > 0 &&
  counts.length === bounds.length + 1 &&
  bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound));

function featureName(name: string, attributes: ReadonlyMap<string, string>): string {
  const tokens = attributes.get('gen_ai.token.type');
  return tokens === undefined ? name : `${name}.${tokens.slice(0, 20)}`;
}
