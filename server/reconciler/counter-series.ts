import type {
  Arm,
  CounterSeries,
  CounterSample as PartSample,
} from '../../domain/analysis/counter-deltas.ts';
import type { CounterSample } from '../metrics/metrics.ts';

/** Which part of the requests is counted: errors, or those within a latency boundary (the others are slow). */
export type Part = { readonly of: 'errors' } | { readonly of: 'slow'; readonly slowerThanMs: number };

type Cut = {
  readonly boundariesMs: readonly number[];
  /** The arm of a revision's pods; null leaves them out. */
  readonly armOf: (revisionNumber: number) => Arm | null;
  readonly part: Part;
};

/**
 * Raw samples as the series that differences are taken of; samples off the boundaries and of other revisions are left
 * out. Null when a pod has no bucket at the latency boundary: then nothing can be said about slow requests.
 */
export function counterSeries(samples: readonly CounterSample[], cut: Cut): CounterSeries | null {
  const boundaries = new Set(cut.boundariesMs);
  const chosen: PartSample[] = [];
  for (const sample of samples) {
    const arm = cut.armOf(sample.revisionNumber);
    const boundaryMs = sample.at.getTime();
    if (arm === null || !boundaries.has(boundaryMs)) continue;
    const part = cut.part.of === 'errors' ? sample.errors : sample.buckets[cut.part.slowerThanMs];
    if (part === undefined) return null;
    chosen.push({ boundaryMs, pod: sample.pod, arm, total: sample.requests, part });
  }
  const partIs = cut.part.of === 'errors' ? 'bad' : 'good';
  return { boundariesMs: cut.boundariesMs, samples: chosen, partIs };
}
