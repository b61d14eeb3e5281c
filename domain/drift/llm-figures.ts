import { type Rate, shareRate } from '../performance/rate.ts';
import type { NumericBinning } from './binning.ts';
import { binnedRows, type Counters } from './counters.ts';
import type { BinnedFeature } from './feature.ts';
import { rowsBetweenEdges } from './label.ts';

/** What is read of a feature of a language model: the spread of a size, how often an answer was flagged, or a mean score. */
export type LlmKind = 'spread' | 'flagged' | 'score';
export type LlmMeasure = {
  readonly kind: LlmKind;
  readonly label: string;
  readonly unit: 's' | 'tokens' | null;
};

const conventions: readonly (readonly [string, string, LlmMeasure['unit']])[] = [
  ['gen_ai.server.time_to_first_token', 'Time to first token', 's'],
  ['gen_ai.server.time_per_output_token', 'Time per output token', 's'],
  ['gen_ai.client.operation.duration', 'Duration', 's'],
  ['gen_ai.server.request.duration', 'Duration at the server', 's'],
  ['gen_ai.client.token.usage.input', 'Tokens in', 'tokens'],
  ['gen_ai.client.token.usage.output', 'Tokens out', 'tokens'],
];
/** Predictions that tell a verdict on an answer, by the beginning of their name. */
const verdicts: readonly (readonly [string, string])[] = [
  ['refus', 'Refused'],
  ['injection', 'Injection'],
  ['personal_data', 'Personal data'],
  ['guardrail', 'Guardrail'],
];
const calm: ReadonlySet<string> = new Set([
  'ok',
  'none',
  'no',
  'false',
  '0',
  'pass',
  'passed',
  'clean',
  'safe',
]);
const scorePrefix = 'eval_';

/**
 * How a feature is read on the panel of a language model; null for one that has no place there. `scraped` says what the
 * features are that come from histograms of a metrics source.
 */
export function llmMeasure(
  { name, role, binning }: Pick<BinnedFeature, 'name' | 'role' | 'binning'>,
  scraped: ReadonlyMap<string, LlmMeasure> = new Map(),
): LlmMeasure | null {
  const measure = scraped.get(name);
  if (measure !== undefined) return binning.kind === 'numeric' ? measure : null;
  const known = conventions.find(([feature]) => feature === name);
  if (known !== undefined && binning.kind === 'numeric')
    return { kind: 'spread', label: known[1], unit: known[2] };
  if (role === 'input') return null;
  if (name.startsWith(scorePrefix) && binning.kind === 'numeric')
    return { kind: 'score', label: name.slice(scorePrefix.length).replaceAll('_', ' '), unit: null };
  const verdict = verdicts.find(([prefix]) => name.startsWith(prefix));
  return verdict === undefined || binning.kind === 'numeric'
    ? null
    : { kind: 'flagged', label: verdict[1], unit: null };
}

export type LlmFigure = {
  readonly rows: number;
  /** Of a size, in its unit. */
  readonly median: number | null;
  readonly p95: number | null;
  /** Share of the answers that were flagged. */
  readonly flagged: Rate | null;
  readonly mean: number | null;
};

const unread = { median: null, p95: null, flagged: null, mean: null };

/**
 * What counters tell of a feature; quantiles lie between the edges of their bin as if its rows were spread evenly, and
 * those beyond the last edge are told as that edge. Empty case: no rows give nulls.
 */
export function llmFigure(
  { binning }: Pick<BinnedFeature, 'binning'>,
  kind: LlmKind,
  counters: Counters,
): LlmFigure {
  const rows = binnedRows(counters);
  if (binning.kind === 'numeric') {
    if (rows === 0) return { rows, ...unread };
    if (kind === 'score') return { rows, ...unread, mean: meanOf(binning, counters, rows) };
    const at = (share: number) => quantileOf(binning, counters, share);
    return { rows, ...unread, median: at(0.5), p95: at(0.95) };
  }
  const labels = binning.kind === 'ordered' ? binning.values.map(String) : binning.categories;
  const all = rows + counters.apart.new;
  const quiet = labels.reduce(
    (sum, label, bin) => sum + (calm.has(label.toLowerCase()) ? (counters.counts[bin] ?? 0) : 0),
    0,
  );
  return { rows: all, ...unread, flagged: shareRate(all - quiet, all) };
}

function meanOf({ scale }: NumericBinning, { sums }: Counters, rows: number): number {
  return scale.centre + (scale.step * Number(sums.reduce((all, one) => all + one, 0n))) / rows;
}

function quantileOf(binning: NumericBinning, { counts }: Counters, share: number): number {
  const between = rowsBetweenEdges(binning, counts);
  let rest = share * between.reduce((sum, one) => sum + one, 0);
  for (const [bin, rows] of between.entries()) {
    if (rest <= rows && rows > 0) {
      const to = binning.edges[bin] ?? binning.edges.at(-1) ?? binning.high;
      const from = binning.edges[bin - 1] ?? Math.min(0, to);
      return from + ((to - from) * rest) / rows;
    }
    rest -= rows;
  }
  return binning.edges.at(-1) ?? binning.high;
}
