import type { SeriesLook } from '../../domain/drift/histogram-series.ts';
import type { HistogramSource } from '../../domain/prometheus-source.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { PodWork } from '../../domain/unit-cost/pod-work.ts';

/** One pod's raw cumulative counters at one boundary; buckets are cumulative counts by upper bound in ms, without +Inf. */
export type CounterSample = {
  readonly pod: string;
  readonly revisionNumber: number;
  readonly at: Date;
  readonly requests: number;
  readonly errors: number;
  readonly buckets: Readonly<Record<number, number>>;
  /** For costs only: what the pod exposes of its work beside requests; left out when it exposes nothing. */
  readonly work?: PodWork;
};

/** Why a source gave nothing that may be judged; never an empty success. */
export type NoEvidence = {
  readonly kind: 'noEvidence';
  readonly reason:
    | 'unreachable'
    | 'refused'
    | 'tooLarge'
    | 'timeout'
    | 'noSeries'
    | 'malformed'
    | 'notConfigured';
  readonly message: string;
};

export type CountersAnswer =
  | { readonly kind: 'samples'; readonly samples: readonly CounterSample[] }
  | NoEvidence;
export type ValueAnswer = { readonly kind: 'value'; readonly value: number; readonly at: Date } | NoEvidence;

/** What others run: nothing tells its revisions apart, so all that its pods answer is counted as one. */
export type CountedWorkload = {
  readonly name: string;
  readonly podNames: readonly string[];
  readonly revisionNumber: number;
};

export type CounterRequest = {
  readonly scope: ServingScope;
  /** Only of a service that Fairlead does not manage. */
  readonly workload?: CountedWorkload | undefined;
  /** Aligned boundaries, rising, at most 500. */
  readonly boundaries: readonly Date[];
};

export type RatesRequest = { readonly namespace: string; readonly workloads: readonly string[] };
/** Requests per second by workload; one without series is missing. */
export type WorkloadRates =
  | { readonly kind: 'rates'; readonly perSecond: ReadonlyMap<string, number> }
  | NoEvidence;

/** A query of a metric template, filled in, at each step from `from` to `to`. */
export type RangeRequest = {
  readonly query: string;
  /** Of the environment whose source is asked. */
  readonly namespace: string;
  readonly from: Date;
  readonly to: Date;
  readonly stepMs: number;
};
/** Finite values only; a step without one is missing. */
export type RangeAnswer =
  | {
      readonly kind: 'range';
      readonly series: readonly {
        readonly labels: Readonly<Record<string, string>>;
        readonly points: readonly (readonly [atMs: number, value: number])[];
      }[];
    }
  | NoEvidence;

export type HistogramRequest = {
  readonly scope: Pick<ServingScope, 'serviceId' | 'serviceName' | 'clusterId' | 'namespace'>;
  readonly source: HistogramSource;
  /** Aligned instants, rising, at most 500. */
  readonly boundaries: readonly Date[];
};
/** A look at one histogram; `revisionNumber` is null where only the pod tells it, `other` where its label holds none of the service. */
export type HistogramSample = SeriesLook & {
  readonly pod: string;
  readonly revisionNumber: number | null | 'other';
};
/** Without any series the samples are empty: nothing was counted, or nothing is scraped. */
export type HistogramsAnswer =
  | { readonly kind: 'samples'; readonly samples: readonly HistogramSample[] }
  | NoEvidence;

/** The metrics port: raw counters by pod at given instants (differences are taken in `domain`), and single values for guard rails. */
export interface Metrics {
  counters(request: CounterRequest): Promise<CountersAnswer>;
  /** Runs a guard-rail template with $service, $namespace and $revision replaced by escaped label values. */
  value(request: {
    scope: ServingScope;
    revisionNumber: number;
    template: string;
    at: Date;
  }): Promise<ValueAnswer>;
  /** For display only: the texts that a check's figures are asked with, in full; a null template is that of the counters. */
  asked?(of: { scope: ServingScope; revisionNumber: number; template: string | null }): readonly string[];
  /** Raw buckets of a histogram by pod at given instants, in the order of time; left out by a source that has none. */
  histograms?(request: HistogramRequest): Promise<HistogramsAnswer>;
  /** For display only, whoever manages the workloads; left out by a source that knows none but Fairlead's. */
  rates?(request: RatesRequest): Promise<WorkloadRates>;
  /** For charts only: the worker stores what it gives, so that nobody who looks at a chart asks the source. */
  range?(request: RangeRequest): Promise<RangeAnswer>;
}
