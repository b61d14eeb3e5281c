import type { Workload } from './workload.ts';

/** For tests: a Deployment that Helm made, with two ready pods of one digest. */
export function exampleWorkload(name: string, digest: string): Workload {
  const image = `registry.example/${name}@${digest}`;
  return {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `uid-${name}` },
    container: 'model',
    podTemplate: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'model', image, ports: [{ containerPort: 9000 }] }] },
    },
    port: 9000,
    selector: { app: name },
    manager: { kind: 'helm', name: 'models', detail: 'annotation meta.helm.sh/release-name' },
    services: [name],
    route: null,
    routeSentence: `No HTTPRoute of the namespace leads to the Service ${name}.`,
    desiredReplicas: 2,
    readyReplicas: 2,
    gpuCount: 0,
    images: [{ digest, reference: image, podCount: 2 }],
    unknownPodCount: 0,
    podNames: [`${name}-1`, `${name}-2`],
    settled: true,
    blockers: [],
    owners: [
      {
        manager: 'kubectl-set',
        operation: 'Update',
        subresource: null,
        at: '2026-03-01T10:00:00Z',
        fields: ['spec.template.spec.containers[model].image'],
      },
    ],
    children: [],
  };
}
