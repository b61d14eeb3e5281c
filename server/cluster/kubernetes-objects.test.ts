import { expect, it } from 'vitest';
import { meteringRights, watchRights, writeRights } from '../../domain/cluster-rights.ts';
import { apiVersionOf, objectPath, type WatchedKind, type WrittenKind } from './kubernetes-objects.ts';

const written: Record<WrittenKind, true> = {
  Deployment: true,
  Service: true,
  HTTPRoute: true,
  HorizontalPodAutoscaler: true,
};
const watched: Record<WatchedKind, true> = {
  ...written,
  EndpointSlice: true,
  Pod: true,
  InferenceService: true,
  Rollout: true,
  Node: true,
  ResourceSlice: true,
  ResourceQuota: true,
  ResourceClaim: true,
};

function resources(kinds: Partial<Record<WatchedKind, true>>): string[] {
  return (Object.keys(kinds) as WatchedKind[]).map((kind) => {
    const apiVersion = apiVersionOf(kind);
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    return `${group}/${objectPath(kind, 'default').split('/').at(-1)}`;
  });
}

it('every kind that is watched is in the table of rights, and exactly those that are written in that of writes', () => {
  const readable = new Set(
    [...watchRights, ...meteringRights].map(({ group, resource }) => `${group}/${resource}`),
  );
  expect(resources(watched).filter((resource) => !readable.has(resource))).toEqual([]);
  expect(writeRights.map(({ group, resource }) => `${group}/${resource}`).sort()).toEqual(
    resources(written).sort(),
  );
});
