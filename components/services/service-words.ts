import type { ServiceStatus } from '../../domain/service-status.ts';
import type { Tone } from '../ui/tone.ts';
import type { ServiceRow } from './service-answers.ts';

const states: Record<ServiceStatus['state'], { tone: Tone; label: string }> = {
  empty: { tone: 'neutral', label: 'Nothing runs yet' },
  unknown: { tone: 'warn', label: 'Cluster unread' },
  rollingOut: { tone: 'progress', label: 'Rolling out' },
  healthy: { tone: 'ok', label: 'Healthy' },
  degraded: { tone: 'bad', label: 'Degraded' },
  scaledToZero: { tone: 'neutral', label: 'Scaled to zero' },
  gone: { tone: 'bad', label: 'Gone' },
};

/** One word for how a Service does; before the worker has looked, it says that. */
export function serviceStanding(service: {
  readonly status: Pick<ServiceStatus, 'state'> | null;
  readonly activeRollout: Pick<
    NonNullable<ServiceRow['activeRollout']>,
    'held' | 'paused' | 'weightPercent'
  > | null;
}): { tone: Tone; label: string } {
  const { status, activeRollout } = service;
  if (status === null) return { tone: 'neutral', label: 'Not looked at yet' };
  if (status.state === 'rollingOut' && activeRollout !== null) {
    const { held, paused, weightPercent } = activeRollout;
    if (held) return { tone: 'warn', label: `Held at ${weightPercent} %` };
    if (paused) return { tone: 'warn', label: `Paused at ${weightPercent} %` };
  }
  return states[status.state];
}

/** Synced, out of sync or a fight, with the words that design gives them. */
export function syncStanding(status: ServiceStatus | null): { tone: Tone; label: string } {
  if (status === null) return { tone: 'neutral', label: 'Not looked at yet' };
  if (status.serving.fight !== null) return { tone: 'bad', label: 'Fight' };
  if (!status.serving.fresh) return { tone: 'warn', label: 'Last known, not live' };
  return status.synced ? { tone: 'ok', label: 'Synced' } : { tone: 'progress', label: 'Out of sync' };
}
