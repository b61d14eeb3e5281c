import { expect, it } from 'vitest';
import { healthOf } from './service-health.ts';
import type { ServiceStatus } from './service-status.ts';

const revision = (number: number, ready: boolean) => ({
  number,
  wanted: true,
  ready,
  readyReplicas: ready ? 1 : 0,
  desiredReplicas: 1,
  blockers: [],
});
const status = (
  state: ServiceStatus['state'],
  part: Partial<ServiceStatus['serving']> = {},
): ServiceStatus => ({
  schema: 1,
  state,
  synced: true,
  activeRolloutId: null,
  stableNumber: 3,
  serving: { desired: {}, requested: {}, accepted: true, fresh: true, revisions: [], fight: null, ...part },
  blockers: [],
});

it.each([
  ['healthy', 'healthy'],
  ['degraded', 'unhealthy'],
  ['gone', 'unhealthy'],
  ['unknown', 'unread'],
  ['empty', 'idle'],
  ['scaledToZero', 'idle'],
] as const)('a service that is %s counts as %s', (state, health) => {
  expect(healthOf(status(state))).toBe(health);
});

it('a rollout does not hide that the revision beside it is down', () => {
  const beside = (ready: boolean) =>
    status('rollingOut', { revisions: [revision(3, ready), revision(4, true)] });
  expect(healthOf(beside(true))).toBe('shared');
  expect(healthOf(beside(false))).toBe('unhealthy');
  expect(healthOf(status('rollingOut', { fresh: false, revisions: [revision(3, false)] }))).toBe('unread');
});

it('a first rollout has nothing beside it that could be down', () => {
  expect(healthOf({ ...status('rollingOut', { revisions: [revision(1, false)] }), stableNumber: null })).toBe(
    'shared',
  );
});
