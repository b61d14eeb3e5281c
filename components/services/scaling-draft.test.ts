import { expect, test } from 'vitest';
import { draftOfRoute, routeOfDraft } from './route-draft.ts';
import { draftOfScaling, scalingOfDraft } from './scaling-draft.ts';
import { scalingText } from './scaling-text.ts';

const auto = { kind: 'auto', minReplicas: 2, maxReplicas: 8, targetCpuPercent: 70 } as const;

test('scaling that nobody touched stays the same', () => {
  for (const scaling of [auto, { kind: 'fixed', replicas: 3 } as const])
    expect(scalingOfDraft(draftOfScaling(scaling))).toEqual({ scaling });
});

test('bounds that cross, no number and no target each get their sentence', () => {
  const draft = draftOfScaling(auto);
  const problem = (change: Partial<typeof draft>) => {
    const found = scalingOfDraft({ ...draft, ...change });
    return 'problem' in found ? found.problem : null;
  };
  expect(problem({ minReplicas: '9' })).toContain('exceeds');
  expect(problem({ maxReplicas: '' })).toContain('Replicas are a whole number');
  expect(problem({ targetCpuPercent: '0' })).toContain('CPU target');
});

test('scaling reads in words', () => {
  expect(scalingText({ kind: 'fixed', replicas: 1 })).toBe('1 replica');
  expect(scalingText(auto)).toBe('2 to 8 replicas at 70 % CPU');
});

test('a route takes hostnames apart and refuses a path without its slash', () => {
  const route = { hostnames: ['a.example.com', 'b.example.com'], pathPrefix: '/fraud' };
  expect(routeOfDraft(draftOfRoute(route))).toEqual({ route });
  expect(routeOfDraft({ hostnames: '', pathPrefix: 'fraud' })).toEqual({
    problem: 'The path prefix starts with "/".',
  });
});
