import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export type ProcessMetrics = {
  readonly contentType: string;
  text(): Promise<string>;
  countRequest(kind: RequestKind, status: number, seconds: number): void;
};

export type RequestKind = 'trpc' | 'page' | 'api' | 'events';

/** Fairlead's own metrics in Prometheus' text form. */
export function processMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'fairlead_' });
  const requests = new Counter({
    name: 'fairlead_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['kind', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'fairlead_http_request_seconds',
    help: 'Time to the end of the answer.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    countRequest(kind, status, seconds) {
      requests.inc({ kind, status: String(status) });
      durations.observe({ kind }, seconds);
    },
  };
}
