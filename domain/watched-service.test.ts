import { expect, test } from 'vitest';
import type { Adoption } from './adoption.ts';
import { exampleWorkload } from './example-workload.ts';
import { blocker } from './refusal.ts';
import { watchedStatus } from './watched-service.ts';
import { serviceNameOf, soleImage, type Workload } from './workload.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const workload = exampleWorkload('fraud', digest('a'));
const adoption: Adoption = {
  schema: 1,
  workload: workload.ref,
  container: 'model',
  selector: workload.selector,
  manager: workload.manager,
  services: [],
  route: null,
  routeSentence: null,
  modelId: 'model',
};
const of = (seen: Workload | null, fresh = true) =>
  watchedStatus({
    adoption,
    observed: {
      fresh,
      workload: seen,
      routesRead: true,
      blockers: fresh ? [] : [blocker({ code: 'clusterUnreachable', message: 'It is down.' })],
    },
    stableNumber: 1,
    last: watchedStatus({
      adoption,
      observed: { fresh: true, workload, routesRead: true, blockers: [] },
      stableNumber: 1,
      last: null,
    }),
  });

test('all replicas ready is healthy, fewer is degraded with the reason', () => {
  expect(of(workload).state).toBe('healthy');
  const why = blocker({ code: 'crashLoop', message: 'It crashes.' });
  const status = of({ ...workload, readyReplicas: 1, blockers: [why] });
  expect([status.state, status.blockers]).toEqual(['degraded', [why]]);
});

test('scaled to zero and gone have their own sentences and are not called broken', () => {
  const zero = of({ ...workload, desiredReplicas: 0, readyReplicas: 0, images: [], podNames: [] });
  expect([zero.state, zero.blockers]).toEqual(['scaledToZero', []]);
  expect(zero.watched?.sentence).toContain('scaled to zero');
  const gone = of(null);
  expect(gone.state).toBe('gone');
  expect(gone.watched?.sentence).toContain('Deployment fraud does not exist');
});

test('an unread cluster keeps what was last known and says why', () => {
  const status = of(null, false);
  expect(status.state).toBe('unknown');
  expect(status.watched?.images).toEqual(workload.images);
  expect(status.blockers[0]?.message).toBe('It is down.');
});

test('several digests are said, and none of them alone runs', () => {
  const two = {
    ...workload,
    images: [...workload.images, { digest: digest('b'), reference: null, podCount: 1 }],
  };
  expect(of(two).watched?.sentence).toContain('2 digests run at once');
  expect(soleImage(two)).toBeNull();
  expect(soleImage({ ...workload, settled: false })).toBeNull();
  expect(soleImage({ ...workload, unknownPodCount: 1 })).toBeNull();
  expect(soleImage(workload)?.digest).toBe(digest('a'));
});

test.each([
  ['fraud', 'fraud'],
  ['fraud.v1', 'fraud-v1'],
  [`${'a'.repeat(39)}-b`, 'a'.repeat(39)],
])('the workload %s becomes the service %s', (name, service) => {
  expect(serviceNameOf({ name })).toBe(service);
});
