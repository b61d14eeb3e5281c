import type { Database } from '../../db/client.ts';
import { sandboxCounters } from '../../domain/sandbox/counters.ts';
import { defaultClusterBehaviour, valueAt } from '../../domain/sandbox.ts';
import type {
  CounterRequest,
  CountersAnswer,
  HistogramRequest,
  HistogramsAnswer,
  Metrics,
  NoEvidence,
  RangeAnswer,
  RangeRequest,
  ValueAnswer,
} from './metrics.ts';
import { sandboxHistogram, sandboxSamples } from './sandbox-histograms.ts';
import { type SandboxRecord, sandboxRecord, serviceNamed } from './sandbox-query.ts';
import {
  chartQuery,
  sandboxTemplates,
  templateName,
  templateRange,
  templateValue,
} from './sandbox-templates.ts';

export type SandboxMetricsOptions = {
  readonly db: Database;
  readonly clusterId: string;
  /** The database clock with the sandbox's offset. */
  readonly clock: () => Promise<Date>;
};

const mostBoundaries = 500;

function noEvidence(reason: NoEvidence['reason'], message: string): NoEvidence {
  return { kind: 'noEvidence', reason, message };
}

const noSeries = noEvidence('noSeries', 'No pod of this service was ready at these instants.');

function isRising(boundaries: readonly Date[]): boolean {
  return boundaries.every((boundary, index) => {
    const before = boundaries[index - 1];
    return before === undefined || before < boundary;
  });
}

/** The metrics of the sandbox: a pure function of its seed, its stored splits and behaviours, and time; nothing is kept. */
export function createSandboxMetrics({ db, clusterId, clock }: SandboxMetricsOptions): Metrics {
  const read = async (
    scope: Pick<HistogramRequest['scope'], 'clusterId' | 'serviceId' | 'namespace'>,
  ): Promise<NoEvidence | { record: SandboxRecord; now: Date }> => {
    if (scope.clusterId !== clusterId)
      return noEvidence('notConfigured', 'This service belongs to another cluster.');
    const now = await clock();
    const record = await sandboxRecord(db, scope, now);
    if (record === null) return noSeries;
    const { fault } = valueAt(record.cluster, now.getTime(), defaultClusterBehaviour);
    return fault === 'metricsUnreachable'
      ? noEvidence('unreachable', 'The sandbox metrics do not answer: they were told to be unreachable.')
      : { record, now };
  };
  return {
    counters: async ({ scope, boundaries }: CounterRequest): Promise<CountersAnswer> => {
      if (boundaries.length > mostBoundaries)
        return noEvidence('tooLarge', `At most ${mostBoundaries} boundaries can be asked for at once.`);
      if (!isRising(boundaries)) return noEvidence('refused', 'Boundaries must rise.');
      const found = await read(scope);
      if ('kind' in found) return found;
      const instants = boundaries.filter((boundary) => boundary <= found.now).map((at) => at.getTime());
      const samples = sandboxCounters(found.record.history, instants).map(({ atMs, ...sample }) => ({
        ...sample,
        at: new Date(atMs),
      }));
      return samples.length === 0 ? noSeries : { kind: 'samples', samples };
    },
    histograms: async ({ scope, source, boundaries }): Promise<HistogramsAnswer> => {
      if (source.metric !== sandboxHistogram || source.form !== 'classic')
        return noEvidence('refused', `The sandbox keeps only the classic histogram ${sandboxHistogram}.`);
      const found = await read(scope);
      if ('kind' in found) return found.reason === 'noSeries' ? { kind: 'samples', samples: [] } : found;
      const instants = boundaries.filter((boundary) => boundary <= found.now).map((at) => at.getTime());
      const samples = sandboxSamples(sandboxCounters(found.record.history, instants));
      return { kind: 'samples', samples: samples.toSorted((left, right) => left.atMs - right.atMs) };
    },
    value: async ({ scope, revisionNumber, template, at }): Promise<ValueAnswer> => {
      const name = templateName(template);
      if (name === null) {
        const known = Object.keys(sandboxTemplates).join(', ');
        return noEvidence('refused', `The sandbox knows only these queries: ${known}.`);
      }
      const found = await read(scope);
      if ('kind' in found) return found;
      if (at > found.now) return noEvidence('noSeries', 'That instant has not come yet.');
      const value = templateValue(name, found.record.history, { revisionNumber, atMs: at.getTime() });
      return value === null ? noSeries : { kind: 'value', value, at };
    },
    range: async ({ query, namespace, from, to, stepMs }: RangeRequest): Promise<RangeAnswer> => {
      const asked = chartQuery(query);
      if (asked === null)
        return noEvidence(
          'refused',
          `The sandbox knows only queries such as sandbox_error_share{service="name"}, with one of these names: ${Object.keys(sandboxTemplates).join(', ')}.`,
        );
      const serviceId = await serviceNamed(db, { clusterId, namespace, name: asked.service });
      if (serviceId === null) return { kind: 'range', series: [] };
      const found = await read({ clusterId, namespace, serviceId });
      if ('kind' in found) return found;
      const atMs: number[] = [];
      for (let at = from.getTime(); at <= Math.min(to.getTime(), found.now.getTime()); at += stepMs)
        atMs.push(at);
      return { kind: 'range', series: templateRange(asked, found.record.history, atMs) };
    },
  };
}
