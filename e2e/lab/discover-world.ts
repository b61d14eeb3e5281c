import type { Lab } from './lab.ts';

/** Valid, distinct by number, and what the pods of the lab say that they run. */
export function imageOf(number: number): string {
  return `registry.invalid/model@sha256:${String(number).padStart(64, '0')}`;
}

export function workloadName(number: number): string {
  return `model-${String(number).padStart(2, '0')}`;
}

function podTemplate(name: string, image: string) {
  return {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'model', image, ports: [{ containerPort: 9000 }] }] },
  };
}

function deployment(namespace: string, name: string, spec: { image: string; replicas: number }) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: spec.replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, spec.image),
    },
  };
}

function clusterService(namespace: string, name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 9000 }] },
  };
}

function route(lab: Lab, namespace: string, name: string) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ name: lab.gateway.name, namespace: lab.gateway.namespace }],
      hostnames: [`${name}.discover.lab`],
      rules: [{ backendRefs: [{ name, port: 80 }] }],
    },
  };
}

/** Deployments with one to three pods, a Service each, and a route to the first: by the lab's hand, none by Fairlead. */
export async function deployWorkloads(lab: Lab, namespace: string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_none, index) => index);
  await lab.apply([
    ...numbers.flatMap((number) => {
      const name = workloadName(number);
      const replicas = 1 + (number % 3);
      return [
        deployment(namespace, name, { image: imageOf(number), replicas }),
        clusterService(namespace, name),
      ];
    }),
    route(lab, namespace, workloadName(0)),
  ]);
}

/** The marks that `helm install` leaves on what it renders. */
export async function markAsHelm(lab: Lab, namespace: string, name: string): Promise<void> {
  const marks = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'models', 'meta.helm.sh/release-namespace': namespace },
  };
  const patch = JSON.stringify({ metadata: marks });
  await lab.kubectl(['-n', namespace, 'patch', 'deployment', name, '--type=merge', '-p', patch]);
}

function crd(group: string, version: string, names: { plural: string; kind: string }) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { ...names, singular: names.kind.toLowerCase(), listKind: `${names.kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

export const customKinds = ['inferenceservices.serving.kserve.io', 'rollouts.argoproj.io'];

/**
 * The two kinds as the API server knows them, without their schemas and controllers: what a controller would make is made by
 * hand, an InferenceService with its Deployment and a Rollout that takes its template from one.
 */
export async function deployCustomKinds(lab: Lab, namespace: string): Promise<void> {
  await lab.apply([
    crd('serving.kserve.io', 'v1beta1', { plural: 'inferenceservices', kind: 'InferenceService' }),
    crd('argoproj.io', 'v1alpha1', { plural: 'rollouts', kind: 'Rollout' }),
  ]);
  await lab.kubectl(['wait', '--for=condition=Established', ...customKinds.map((name) => `crd/${name}`)]);
  await lab.apply([
    {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'sentiment', namespace },
      spec: { predictor: { minReplicas: 1, model: { modelFormat: { name: 'sklearn' } } } },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'ranker', namespace },
      spec: { replicas: 1, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ranker' } },
    },
  ]);
  const jsonPath = ['-o', 'jsonpath={.metadata.uid}'];
  const uid = await lab.kubectl(['-n', namespace, 'get', 'inferenceservice', 'sentiment', ...jsonPath]);
  const made = deployment(namespace, 'sentiment-predictor', { image: imageOf(802), replicas: 1 });
  const owner = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'sentiment', uid };
  const ownerReferences = [{ ...owner, controller: true }];
  await lab.apply([
    deployment(namespace, 'ranker', { image: imageOf(801), replicas: 1 }),
    { ...made, metadata: { ...made.metadata, ownerReferences } },
  ]);
}
