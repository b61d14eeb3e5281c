import { gatewayName, gatewayNamespace } from './gateway.ts';

/** A revision as a test writes it by hand, without the product. */
export interface RevisionPlan {
  namespace: string;
  service: string;
  revision: string;
  modelVersion: string;
  replicas: number;
  gpus?: number;
  env: Record<string, string>;
  annotations?: Record<string, string>;
}

function podLabels(plan: RevisionPlan): Record<string, string> {
  return {
    'fairlead.dev/project': 'lab',
    'fairlead.dev/service': plan.service,
    'fairlead.dev/revision': plan.revision,
    'fairlead.dev/model-version': plan.modelVersion,
  };
}

/** Deployment and Service of a revision, named `<service>-<revision>`. */
export function revisionObjects(plan: RevisionPlan): Record<string, unknown>[] {
  const metadata = { name: `${plan.service}-${plan.revision}`, namespace: plan.namespace };
  const labels = podLabels(plan);
  const container = {
    name: 'model',
    image: 'registry.invalid/model-server:1',
    ports: [{ containerPort: 9000 }],
    env: Object.entries(plan.env).map(([name, value]) => ({ name, value })),
    resources: plan.gpus === undefined ? {} : { limits: { 'nvidia.com/gpu': String(plan.gpus) } },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: plan.replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: plan.annotations ?? {} },
          spec: { containers: [container] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 9000 }] },
    },
  ];
}

/** An HTTPRoute on the lab's gateway that splits a host by percent over Services. */
export function weightedRoute(
  target: { namespace: string; name: string; host: string },
  weights: Record<string, number>,
): Record<string, unknown> {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: target.name, namespace: target.namespace },
    spec: {
      parentRefs: [{ name: gatewayName, namespace: gatewayNamespace }],
      hostnames: [target.host],
      rules: [{ backendRefs: Object.entries(weights).map(([name, weight]) => ({ name, port: 80, weight })) }],
    },
  };
}
