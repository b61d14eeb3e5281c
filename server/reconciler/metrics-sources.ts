import type { Database } from '../../db/client.ts';
import type { cluster as clusterTable } from '../../db/schema/environments.ts';
import type { MetricsSource, PrometheusSource } from '../../domain/environment.ts';
import type { Metrics, NoEvidence } from '../metrics/metrics.ts';
import { openMetricsSecret, prometheusOptions } from '../metrics/metrics-secret.ts';
import { createPrometheusMetrics, type PrometheusOptions } from '../metrics/prometheus.ts';
import { createSandboxMetrics } from '../metrics/sandbox.ts';
import { workloadRates } from '../metrics/workload-rates.ts';
import { clusterClock } from './cluster-clock.ts';

/** A metrics source as it is stored, with what is needed to open it. */
export type MetricsAccess = {
  readonly environmentId: string;
  readonly source: MetricsSource;
  /** Sealed secret of the source; null when none is stored. */
  readonly sealedSecret: string | null;
  /** Hosts and ranges that the instance allows now. */
  readonly allowances: readonly string[];
};

type Opened = Metrics & { close?: () => Promise<void> };
type Held = { readonly key: string; readonly metrics: Opened };

function silent(answer: NoEvidence): Metrics {
  return {
    counters: async () => answer,
    value: async () => answer,
    rates: async () => answer,
    range: async () => answer,
  };
}

/** Metrics of an environment without a source: everything is noEvidence, and it says so. */
const noMetrics = silent({
  kind: 'noEvidence',
  reason: 'notConfigured',
  message: 'The environment has no metrics source, so nothing can be measured.',
});

const closedSecret: NoEvidence = {
  kind: 'noEvidence',
  reason: 'refused',
  message:
    'The secret of the metrics source is missing or cannot be opened by this worker for this address: store it again.',
};

function measured(options: PrometheusOptions): Opened {
  return { ...createPrometheusMetrics(options), rates: (asked) => workloadRates(options, asked) };
}

/** How a stored Prometheus is called, with its secret opened; noEvidence when that cannot be. */
export function openSource(
  source: PrometheusSource,
  { environmentId, sealedSecret, allowances }: Omit<MetricsAccess, 'source'>,
  workerPrivateKey: string | null,
): PrometheusOptions | NoEvidence {
  if (source.auth === 'none') return prometheusOptions(source, { secret: null, allowances });
  const place = { ownerId: environmentId, url: source.url };
  const secret = sealedSecret === null ? null : openMetricsSecret(workerPrivateKey, sealedSecret, place);
  return secret?.kind === source.auth ? prometheusOptions(source, { secret, allowances }) : closedSecret;
}

/** Opens the metrics source of each environment once, anew when it, its secret or the allowed hosts change. */
export class MetricsSources {
  readonly #open = new Map<string, Held>();
  readonly #closing = new Set<Promise<void>>();
  readonly #db: Database;
  readonly #row: Pick<typeof clusterTable.$inferSelect, 'id' | 'kind'>;
  readonly #workerPrivateKey: string | null;

  constructor(
    db: Database,
    row: Pick<typeof clusterTable.$inferSelect, 'id' | 'kind'>,
    workerPrivateKey: string | null,
  ) {
    this.#db = db;
    this.#row = row;
    this.#workerPrivateKey = workerPrivateKey;
  }

  of(access: MetricsAccess): Metrics {
    const { environmentId } = access;
    const key = JSON.stringify([access.source, access.sealedSecret, access.allowances]);
    const present = this.#open.get(environmentId);
    if (present?.key === key) return present.metrics;
    if (present !== undefined) this.#closeSoon(present.metrics);
    const metrics = this.#make(access);
    this.#open.set(environmentId, { key, metrics });
    return metrics;
  }

  /** A pass that still asks the old one gets noEvidence, as after any broken connection. */
  #closeSoon(metrics: Opened): void {
    const closed: Promise<void> = Promise.resolve(metrics.close?.())
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #make({ source, ...access }: MetricsAccess): Opened {
    switch (source.kind) {
      case 'none':
        return noMetrics;
      case 'sandbox': {
        const clock = clusterClock(this.#row);
        return createSandboxMetrics({ db: this.#db, clusterId: this.#row.id, clock: () => clock(this.#db) });
      }
      case 'prometheus': {
        const options = openSource(source, access, this.#workerPrivateKey);
        return 'kind' in options ? silent(options) : measured(options);
      }
    }
  }

  async close(): Promise<void> {
    for (const { metrics } of this.#open.values()) this.#closeSoon(metrics);
    this.#open.clear();
    await Promise.allSettled(this.#closing);
  }
}
