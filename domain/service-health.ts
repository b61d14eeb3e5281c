import type { ServiceStatus } from './service-status.ts';

/**
 * healthy: what serves is ready and serves alone · shared: ready, but a rollout is under way beside it · unhealthy: what
 * should serve is not ready or does not exist · unread: nobody could look · idle: nothing is meant to serve.
 */
export const serviceHealths = ['healthy', 'shared', 'unhealthy', 'unread', 'idle'] as const;
export type ServiceHealth = (typeof serviceHealths)[number];

/** The health that a status tells; a rollout does not hide that the revision beside it is down. */
export function healthOf({ state, stableNumber, serving }: ServiceStatus): ServiceHealth {
  switch (state) {
    case 'healthy':
      return 'healthy';
    case 'degraded':
    case 'gone':
      return 'unhealthy';
    case 'unknown':
      return 'unread';
    case 'empty':
    case 'scaledToZero':
      return 'idle';
    case 'rollingOut': {
      if (!serving.fresh) return 'unread';
      const stable = serving.revisions.find((revision) => revision.number === stableNumber);
      return stable === undefined || stable.ready ? 'shared' : 'unhealthy';
    }
  }
}

/** A service at rest is looked at every half minute; what was not looked at for longer than this is not known. */
export const longestUnseenMs = 5 * 60_000;
