import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DesiredRevision, DesiredServing, ServingScope } from '../../domain/serving.ts';
import { objectPath } from './kubernetes-objects.ts';
import { revisionManifests, revisionNumber, routeManifest, servingManifests } from './manifests.ts';

const scope: ServingScope = {
  projectId: '0192aaaa-0000-7000-8000-000000000001',
  serviceId: '0192aaaa-0000-7000-8000-000000000002',
  serviceName: 'fraud-detector',
  clusterId: '0192aaaa-0000-7000-8000-000000000003',
  namespace: 'production',
  gateway: { name: 'gw', namespace: 'gateways', sectionName: 'https' },
  hostnames: ['fraud.example'],
  pathPrefix: '/v2',
  port: 80,
};
const revision: DesiredRevision = {
  number: 7,
  revisionId: '0192aaaa-0000-7000-8000-000000000004',
  modelVersionId: '0192aaaa-0000-7000-8000-000000000005',
  specDigest: `sha256:${'a'.repeat(64)}`,
  podTemplate: {
    metadata: { labels: { team: 'risk', 'fairlead.dev/role': 'canary' }, annotations: { note: 'kept' } },
    spec: {
      containers: [{ name: 'model', image: `r/m@sha256:${'b'.repeat(64)}`, newField: { deep: [1] } }],
      runtimeClassName: 'nvidia',
    },
  },
  port: 9000,
  scaling: { kind: 'fixed', replicas: 3 },
};
const auto: DesiredRevision = {
  ...revision,
  scaling: { kind: 'auto', minReplicas: 2, maxReplicas: 6, targetCpuPercent: 70 },
};
const desired = (weights: Record<number, number>): DesiredServing => ({
  scope,
  generation: 4,
  revisions: [revision],
  weights,
  fallbackNumber: null,
});

describe('the objects of a revision', () => {
  test('are exactly these: Service and Deployment by revision number, four pod labels, unknown pod fields kept', () => {
    expect(revisionManifests(scope, revision)).toMatchInlineSnapshot(`
      [
        {
          "apiVersion": "v1",
          "kind": "Service",
          "metadata": {
            "annotations": {
              "fairlead.dev/revision-id": "0192aaaa-0000-7000-8000-000000000004",
              "fairlead.dev/service-id": "0192aaaa-0000-7000-8000-000000000002",
              "fairlead.dev/spec-digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            },
            "labels": {
              "app.kubernetes.io/managed-by": "fairlead",
              "fairlead.dev/model-version": "0192aaaa-0000-7000-8000-000000000005",
              "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
              "fairlead.dev/revision": "7",
              "fairlead.dev/service": "fraud-detector",
            },
            "name": "fraud-detector-r7",
            "namespace": "production",
          },
          "spec": {
            "ports": [
              {
                "name": "http",
                "port": 80,
                "protocol": "TCP",
                "targetPort": 9000,
              },
            ],
            "selector": {
              "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
              "fairlead.dev/revision": "7",
              "fairlead.dev/service": "fraud-detector",
            },
            "type": "ClusterIP",
          },
        },
        {
          "apiVersion": "apps/v1",
          "kind": "Deployment",
          "metadata": {
            "annotations": {
              "fairlead.dev/revision-id": "0192aaaa-0000-7000-8000-000000000004",
              "fairlead.dev/service-id": "0192aaaa-0000-7000-8000-000000000002",
              "fairlead.dev/spec-digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            },
            "labels": {
              "app.kubernetes.io/managed-by": "fairlead",
              "fairlead.dev/model-version": "0192aaaa-0000-7000-8000-000000000005",
              "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
              "fairlead.dev/revision": "7",
              "fairlead.dev/service": "fraud-detector",
            },
            "name": "fraud-detector-r7",
            "namespace": "production",
          },
          "spec": {
            "replicas": 3,
            "revisionHistoryLimit": 1,
            "selector": {
              "matchLabels": {
                "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
                "fairlead.dev/revision": "7",
                "fairlead.dev/service": "fraud-detector",
              },
            },
            "template": {
              "metadata": {
                "annotations": {
                  "note": "kept",
                },
                "labels": {
                  "fairlead.dev/model-version": "0192aaaa-0000-7000-8000-000000000005",
                  "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
                  "fairlead.dev/revision": "7",
                  "fairlead.dev/service": "fraud-detector",
                  "team": "risk",
                },
              },
              "spec": {
                "containers": [
                  {
                    "image": "r/m@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                    "name": "model",
                    "newField": {
                      "deep": [
                        1,
                      ],
                    },
                  },
                ],
                "runtimeClassName": "nvidia",
              },
            },
          },
        },
      ]
    `);
  });

  test('with bounds have an autoscaler and never a replica count', () => {
    const objects = revisionManifests(scope, auto);
    expect(objects.map((object) => object.kind)).toEqual([
      'Service',
      'Deployment',
      'HorizontalPodAutoscaler',
    ]);
    expect(objects[1]?.spec).not.toHaveProperty('replicas');
    expect(objects[2]?.spec).toMatchInlineSnapshot(`
      {
        "maxReplicas": 6,
        "metrics": [
          {
            "resource": {
              "name": "cpu",
              "target": {
                "averageUtilization": 70,
                "type": "Utilization",
              },
            },
            "type": "Resource",
          },
        ],
        "minReplicas": 2,
        "scaleTargetRef": {
          "apiVersion": "apps/v1",
          "kind": "Deployment",
          "name": "fraud-detector-r7",
        },
      }
    `);
  });
});

describe('the route', () => {
  test('sends each revision its weight and names no revision without one', () => {
    expect(routeManifest(scope, { 6: 95, 7: 5, 5: 0 })).toMatchInlineSnapshot(`
      {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
          "annotations": {
            "fairlead.dev/service-id": "0192aaaa-0000-7000-8000-000000000002",
          },
          "labels": {
            "app.kubernetes.io/managed-by": "fairlead",
            "fairlead.dev/project": "0192aaaa-0000-7000-8000-000000000001",
            "fairlead.dev/service": "fraud-detector",
          },
          "name": "fraud-detector",
          "namespace": "production",
        },
        "spec": {
          "hostnames": [
            "fraud.example",
          ],
          "parentRefs": [
            {
              "group": "gateway.networking.k8s.io",
              "kind": "Gateway",
              "name": "gw",
              "namespace": "gateways",
              "sectionName": "https",
            },
          ],
          "rules": [
            {
              "backendRefs": [
                {
                  "group": "",
                  "kind": "Service",
                  "name": "fraud-detector-r6",
                  "port": 80,
                  "weight": 95,
                },
                {
                  "group": "",
                  "kind": "Service",
                  "name": "fraud-detector-r7",
                  "port": 80,
                  "weight": 5,
                },
              ],
              "matches": [
                {
                  "path": {
                    "type": "PathPrefix",
                    "value": "/v2",
                  },
                },
              ],
            },
          ],
        },
      }
    `);
  });

  test('without hostnames or section matches what the gateway listens to', () => {
    const open = { ...scope, hostnames: [], gateway: { name: 'gw', namespace: 'gateways' } };
    const { spec } = routeManifest(open, { 7: 100 });
    expect(spec).not.toHaveProperty('hostnames');
    expect(spec.parentRefs).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw', namespace: 'gateways' },
    ]);
  });

  test('without any weight has a rule without backends', () => {
    expect(routeManifest(scope, { 7: 0 }).spec.rules).toEqual([
      { matches: [{ path: { type: 'PathPrefix', value: '/v2' } }] },
    ]);
  });

  test('is part of what will be written only once something takes traffic', () => {
    const kinds = (weights: Record<number, number>) =>
      servingManifests(desired(weights)).map(({ kind }) => kind);
    expect(kinds({})).toEqual(['Service', 'Deployment']);
    expect(kinds({ 7: 100 })).toEqual(['Service', 'Deployment', 'HTTPRoute']);
  });

  test('keeps every positive weight and its sum, whatever the split', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.integer({ min: 1, max: 999 }).map(String), fc.integer({ min: 0, max: 100 })),
        (weights) => {
          const rules = routeManifest(scope, weights).spec.rules as {
            backendRefs?: { name: string; weight: number }[];
          }[];
          const back = Object.fromEntries(
            (rules[0]?.backendRefs ?? []).map(({ name, weight }) => [
              String(revisionNumber(scope, name)),
              weight,
            ]),
          );
          expect(back).toEqual(
            Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)),
          );
        },
      ),
    );
  });
});

describe('names', () => {
  test('give back their revision number, and no number for names of others', () => {
    expect(revisionNumber(scope, 'fraud-detector-r12')).toBe(12);
    for (const name of [
      'fraud-detector',
      'fraud-detector-r',
      'fraud-detector-r0',
      'fraud-detector-r1x',
      'fraud-r1',
    ])
      expect(revisionNumber(scope, name)).toBeNull();
  });

  test('that are no object names never become part of a path', () => {
    expect(objectPath('Deployment', 'production', 'a-r1')).toBe(
      '/apis/apps/v1/namespaces/production/deployments/a-r1',
    );
    expect(objectPath('Service', 'production')).toBe('/api/v1/namespaces/production/services');
    for (const name of ['../../apis', 'a/b', 'a..b', '%2e%2e', 'A', '', 'a?x', 'a#', '.'])
      expect(() => objectPath('Pod', name, 'a')).toThrow(RangeError);
  });
});
