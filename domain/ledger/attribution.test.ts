import { describe, expect, it } from 'vitest';
import type { PodFacts } from '../metering/facts.ts';
import { nothing } from '../metering/fraction.ts';
import { type AttributionRule, type KnownOwners, ownersOf } from './attribution.ts';

const at = (minutes: number) => minutes * 60_000;

function facts(change: Partial<PodFacts> = {}): PodFacts {
  return {
    schema: 1,
    namespace: 'team-a',
    name: 'scoring-r1-abc',
    owners: [
      { kind: 'ReplicaSet', name: 'scoring-r1-5d9', uid: '1' },
      { kind: 'Deployment', name: 'scoring-r1', uid: '2' },
    ],
    labels: {},
    revisionId: 'revision-1',
    imageDigests: ['sha256:one'],
    gpu: nothing,
    gpuEstimated: false,
    milliCpu: 0,
    memoryMib: 0,
    runId: null,
    ...change,
  };
}

const revision = (number: number, roles: [string, number, number | null][]) => ({
  id: `revision-${number}`,
  number,
  modelId: 'model',
  modelVersionId: `version-${number}`,
  imageDigest: number === 3 ? 'sha256:three' : 'sha256:one',
  roles: roles.map(([role, from, to]) => ({
    role: role as 'stable',
    fromMs: at(from),
    toMs: to === null ? null : at(to),
  })),
});

function known(change: Partial<KnownOwners> = {}): KnownOwners {
  return {
    environments: new Map([
      [
        'team-a',
        {
          id: 'environment-a',
          projectId: 'A',
          createdAtMs: at(-100),
          services: [
            {
              id: 'scoring',
              name: 'scoring',
              mode: 'managed' as const,
              createdAtMs: at(-100),
              workload: null,
              revisions: [
                revision(1, [['stable', 0, 40]]),
                revision(2, [
                  ['canary', 10, 40],
                  ['stable', 40, null],
                ]),
              ],
            },
            {
              id: 'found',
              name: 'found',
              mode: 'watched' as const,
              createdAtMs: at(-100),
              workload: { kind: 'Rollout', name: 'their-rollout' },
              revisions: [revision(3, [])],
            },
          ],
        },
      ],
    ]),
    rules: [],
    runs: new Map([['A run-7', { modelId: 'model', modelVersionId: 'version-7' }]]),
    ...change,
  };
}

const owners = (change: Partial<PodFacts>, more: Partial<KnownOwners> = {}) =>
  ownersOf({ facts: facts(change), bucket: 'serving', fromMs: 0, toMs: at(60) }, known(more));
const first = (change: Partial<PodFacts>, more: Partial<KnownOwners> = {}) => owners(change, more)[0]?.owner;

const rule = (change: Partial<AttributionRule> = {}): AttributionRule => ({
  number: 1,
  namespace: 'research',
  ownerKind: '*',
  ownerName: '*',
  projectId: 'R',
  role: null,
  validFrom: new Date(0),
  validTo: null,
  ...change,
});

describe('who pays for a pod', () => {
  it('is the project of its namespace, whatever its labels say: a pod in A labelled as B costs A', () => {
    const labels = { 'fairlead.dev/project': 'B', 'fairlead.dev/revision': 'revision-of-b' };
    const owner = first({ labels, revisionId: 'revision-of-b', imageDigests: [] });
    expect(owner).toMatchObject({
      projectId: 'A',
      environmentId: 'environment-a',
      serviceId: 'scoring',
      revisionId: null,
    });
  });

  it('is cut where the role of its revision changes, and retiring outside every interval', () => {
    expect(
      owners({ revisionId: 'revision-2' }).map(({ fromMs, toMs, owner }) => [
        fromMs,
        toMs,
        owner.role,
        owner.modelVersionId,
      ]),
    ).toEqual([
      [at(0), at(10), 'retiring', 'version-2'],
      [at(10), at(40), 'canary', 'version-2'],
      [at(40), at(60), 'stable', 'version-2'],
    ]);
    expect(owners({}).map(({ owner }) => owner.role)).toEqual(['stable', 'retiring']);
  });

  it('is found by the running image where the owner has no record of ours, by its number among several', () => {
    expect(first({ revisionId: null })).toMatchObject({ revisionId: 'revision-1' });
    const watched = { owners: [{ kind: 'Rollout', name: 'their-rollout', uid: 'u' }], revisionId: null };
    expect(first({ ...watched, imageDigests: ['sha256:three'] })).toMatchObject({
      serviceId: 'found',
      modelVersionId: 'version-3',
      role: 'stable',
    });
  });

  it('is no service of which it only has the name', () => {
    const owners_ = [{ kind: 'Job', name: 'scoring-r1', uid: 'u' }];
    expect(first({ owners: owners_ })).toMatchObject({ projectId: 'A', serviceId: null, role: 'batch' });
    expect(first({ owners: [] })).toMatchObject({ serviceId: null, role: 'dev' });
  });

  it('of a training run is the ModelVersion that came out of it', () => {
    const training = { owners: [{ kind: 'TrainJob', name: 'train', uid: 'u' }], runId: 'run-7' };
    expect(first(training)).toMatchObject({ role: 'training', runId: 'run-7', modelVersionId: 'version-7' });
    expect(first({ ...training, runId: 'run-8' })).toMatchObject({ role: 'training', modelVersionId: null });
  });

  it('follows a rule only in a namespace without an Environment, only while it is valid, and the lowest number first', () => {
    const rules = [
      rule({ validTo: new Date(at(30)) }),
      rule({ number: 2, projectId: 'S', validFrom: new Date(at(20)) }),
    ];
    expect(first({ namespace: 'team-a', owners: [] }, { rules: [rule({ namespace: '*' })] })?.projectId).toBe(
      'A',
    );
    expect(
      owners({ namespace: 'research' }, { rules }).map(({ fromMs, owner }) => [fromMs, owner.projectId]),
    ).toEqual([
      [0, 'R'],
      [at(30), 'S'],
    ]);
    expect(first({ namespace: 'elsewhere' }, { rules })?.projectId).toBeNull();
    const byOwner = [rule({ ownerKind: 'Deployment', ownerName: 'scoring-r1' })];
    expect(first({ namespace: 'research' }, { rules: byOwner })?.projectId).toBe('R');
    expect(first({ namespace: 'research', owners: [] }, { rules: byOwner })?.projectId).toBeNull();
  });

  it('begins with the Environment: before it was made the namespace was nobody’s', () => {
    const made = known();
    const environment = made.environments.get('team-a');
    if (environment === undefined) throw new Error('gone');
    const environments = new Map([['team-a', { ...environment, createdAtMs: at(15) }]]);
    expect(owners({}, { environments }).map(({ owner }) => owner.projectId)).toEqual([null, 'A', 'A']);
  });

  it('is its service’s from when that was made, and the Environment’s before', () => {
    const made = known();
    const environment = made.environments.get('team-a');
    if (environment === undefined) throw new Error('gone');
    const services = environment.services.map((service) => ({ ...service, createdAtMs: at(5) }));
    const environments = new Map([['team-a', { ...environment, services }]]);
    const found = owners({}, { environments });
    expect(found.map(({ fromMs, owner }) => [fromMs, owner.projectId, owner.serviceId]).slice(0, 2)).toEqual([
      [0, 'A', null],
      [at(5), 'A', 'scoring'],
    ]);
  });

  it('is nobody for the cluster’s own pods', () => {
    const pieces = ownersOf({ facts: facts(), bucket: 'system', fromMs: 0, toMs: 1 }, known());
    expect(pieces[0]?.owner.projectId).toBeNull();
  });
});
