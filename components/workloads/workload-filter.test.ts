import { expect, test } from 'vitest';
import type { WorkloadRow } from './workload-answers.ts';
import { matchingWorkloads } from './workload-filter.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

function row(name: string, manager: WorkloadRow['manager']): WorkloadRow {
  return {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: name },
    children: [],
    image: `registry/${name}:1`,
    images: [{ digest, reference: null, podCount: 1 }],
    unknownPodCount: 0,
    desiredReplicas: 1,
    readyReplicas: 1,
    gpuCount: 0,
    requestsPerSecond: null,
    manager,
    route: null,
    routeSentence: null,
    blockers: [],
    suggestedName: name,
    modelExists: false,
    service: null,
    refusal: null,
  };
}
const rows = [
  row('fraud', { kind: 'helm', name: 'risk', detail: null }),
  row('ranker', { kind: 'none', name: null, detail: null }),
];
const all = { search: undefined, kind: undefined, manager: undefined };
const named = (found: WorkloadRow[]) => found.map(({ ref }) => ref.name);

test('a search finds workloads by name, image, digest and manager, whatever the case', () => {
  expect(named(matchingWorkloads(rows, { ...all, search: 'FRAUD' }))).toEqual(['fraud']);
  expect(named(matchingWorkloads(rows, { ...all, search: 'registry/ranker' }))).toEqual(['ranker']);
  expect(named(matchingWorkloads(rows, { ...all, search: 'abababab' }))).toEqual(['fraud', 'ranker']);
  expect(named(matchingWorkloads(rows, { ...all, search: 'risk' }))).toEqual(['fraud']);
  expect(named(matchingWorkloads(rows, { ...all, search: ' ' }))).toEqual(['fraud', 'ranker']);
});

test('kind and manager narrow it', () => {
  expect(named(matchingWorkloads(rows, { ...all, manager: 'none' }))).toEqual(['ranker']);
  expect(matchingWorkloads(rows, { ...all, kind: 'Rollout' })).toEqual([]);
});
