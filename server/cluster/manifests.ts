import type { DesiredRevision, DesiredServing, ServingScope, Weights } from '../../domain/serving.ts';
import { annotation, apiVersionOf, label, type Manifest, type WrittenKind } from './kubernetes-objects.ts';

/** Name of a revision's Deployment, Service and autoscaler: by number, never by role. */
export function revisionName(scope: Pick<ServingScope, 'serviceName'>, number: number): string {
  return `${scope.serviceName}-r${number}`;
}

/** The revision number in an object's name, or null when the name is not one of this service's revisions. */
export function revisionNumber(scope: Pick<ServingScope, 'serviceName'>, name: string): number | null {
  const prefix = `${scope.serviceName}-r`;
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : null;
}

type Named = { readonly kind: WrittenKind; readonly name: string };

function manifest(
  scope: ServingScope,
  { kind, name }: Named,
  content: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly spec: Readonly<Record<string, unknown>>;
  },
): Manifest {
  return {
    apiVersion: apiVersionOf(kind),
    kind,
    metadata: {
      name,
      namespace: scope.namespace,
      labels: {
        [label.managedBy]: 'fairlead',
        [label.project]: scope.projectId,
        [label.service]: scope.serviceName,
        ...content.labels,
      },
      annotations: { [annotation.serviceId]: scope.serviceId, ...content.annotations },
    },
    spec: content.spec,
  };
}

/**
 * The four labels of a pod template: project and model version by id, service by name and revision by number, because
 * those two are what people read in metrics. All are label-safe: UUIDs, a DNS label of at most 40 characters, digits.
 */
export function podLabels(
  scope: Pick<ServingScope, 'projectId' | 'serviceName'>,
  revision: Pick<DesiredRevision, 'number' | 'modelVersionId'>,
): Record<string, string> {
  return {
    [label.project]: scope.projectId,
    [label.service]: scope.serviceName,
    [label.revision]: String(revision.number),
    [label.modelVersion]: revision.modelVersionId,
  };
}

function revisionMetadata(revision: DesiredRevision) {
  return {
    labels: {
      [label.revision]: String(revision.number),
      [label.modelVersion]: revision.modelVersionId,
    },
    annotations: {
      [annotation.revisionId]: revision.revisionId,
      [annotation.specDigest]: revision.specDigest,
    },
  };
}

function selector(scope: ServingScope, number: number): Record<string, string> {
  return {
    [label.project]: scope.projectId,
    [label.service]: scope.serviceName,
    [label.revision]: String(number),
  };
}

/** The template's own labels stay, but none under fairlead.dev/ besides the four, and none by which a found workload selects. */
function labelledTemplate(scope: ServingScope, revision: DesiredRevision): Record<string, unknown> {
  const { podTemplate } = revision;
  const selecting = scope.adopted?.selectorKeys ?? [];
  const own = Object.entries(podTemplate.metadata?.labels ?? {}).filter(
    ([name]) => !name.startsWith('fairlead.dev/') && !selecting.includes(name),
  );
  const labels = { ...Object.fromEntries(own), ...podLabels(scope, revision) };
  return { ...podTemplate, metadata: { ...podTemplate.metadata, labels } };
}

function deployment(scope: ServingScope, revision: DesiredRevision): Manifest {
  const { scaling } = revision;
  return manifest(
    scope,
    { kind: 'Deployment', name: revisionName(scope, revision.number) },
    {
      ...revisionMetadata(revision),
      spec: {
        // With an autoscaler the count is its own; writing it would fight with it.
        ...(scaling.kind === 'fixed' ? { replicas: scaling.replicas } : {}),
        revisionHistoryLimit: 1,
        selector: { matchLabels: selector(scope, revision.number) },
        template: labelledTemplate(scope, revision),
      },
    },
  );
}

function clusterService(scope: ServingScope, revision: DesiredRevision): Manifest {
  return manifest(
    scope,
    { kind: 'Service', name: revisionName(scope, revision.number) },
    {
      ...revisionMetadata(revision),
      spec: {
        type: 'ClusterIP',
        selector: selector(scope, revision.number),
        ports: [{ name: 'http', port: scope.port, targetPort: revision.port, protocol: 'TCP' }],
      },
    },
  );
}

function autoscaler(scope: ServingScope, revision: DesiredRevision): Manifest[] {
  const { scaling } = revision;
  if (scaling.kind === 'fixed') return [];
  const name = revisionName(scope, revision.number);
  const utilization = { type: 'Utilization', averageUtilization: scaling.targetCpuPercent };
  const spec = {
    scaleTargetRef: { apiVersion: apiVersionOf('Deployment'), kind: 'Deployment', name },
    minReplicas: scaling.minReplicas,
    maxReplicas: scaling.maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: utilization } }],
  };
  const kind = 'HorizontalPodAutoscaler';
  return [manifest(scope, { kind, name }, { ...revisionMetadata(revision), spec })];
}

/** What one revision needs, in the order in which it is written. */
export function revisionManifests(scope: ServingScope, revision: DesiredRevision): readonly Manifest[] {
  return [clusterService(scope, revision), deployment(scope, revision), ...autoscaler(scope, revision)];
}

/** The parent a route asks to be attached to. */
function parentRef(scope: ServingScope): Record<string, unknown> {
  const { name, namespace, sectionName } = scope.gateway;
  return {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name,
    namespace,
    ...(sectionName === undefined ? {} : { sectionName }),
  };
}

/**
 * The service's HTTPRoute. Backends with weight 0 are left out, because some gateways leak traffic to them; without any
 * weight the rule has no backend, and the gateway answers by itself.
 */
export function routeManifest(scope: ServingScope, weights: Weights): Manifest {
  const backendRefs = Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([number, weight]) => ({
      group: '',
      kind: 'Service',
      name: revisionName(scope, Number(number)),
      port: scope.port,
      weight,
    }));
  const matches = [{ path: { type: 'PathPrefix', value: scope.pathPrefix } }];
  return manifest(
    scope,
    { kind: 'HTTPRoute', name: scope.serviceName },
    {
      spec: {
        parentRefs: [parentRef(scope)],
        ...(scope.hostnames.length === 0 ? {} : { hostnames: [...scope.hostnames] }),
        rules: [{ matches, ...(backendRefs.length === 0 ? {} : { backendRefs }) }],
      },
    },
  );
}

/** All objects of the desired state: each revision's, then the route, unless it is of others, once anything is to take traffic; pure. */
export function servingManifests(desired: DesiredServing): readonly Manifest[] {
  const { scope, revisions, weights } = desired;
  const serves = scope.adopted === undefined && Object.values(weights).some((weight) => weight > 0);
  return [
    ...revisions.flatMap((revision) => revisionManifests(scope, revision)),
    ...(serves ? [routeManifest(scope, weights)] : []),
  ];
}
