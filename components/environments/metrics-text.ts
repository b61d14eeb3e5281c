import type { MetricsSource } from '../../domain/environment.ts';

/** Where the numbers come from, in a few words. */
export function metricsText(source: MetricsSource): string {
  switch (source.kind) {
    case 'sandbox':
      return 'simulated';
    case 'none':
      return 'none';
    case 'prometheus':
      return `Prometheus at ${source.url.replace(/^https?:\/\//, '')}`;
  }
}
