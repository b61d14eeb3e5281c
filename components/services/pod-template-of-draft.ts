import type { ContainerSpec, PodTemplate } from '../../domain/service-spec.ts';
import type { ContainerDraft, EnvDraft, ProbeDraft, ProbeName, VolumeDraft } from './container-draft.ts';

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

const whole = (text: string) => (text.trim() === '' ? undefined : Number(text));

/** Keeps only what was filled in, because Kubernetes tells an empty field from an absent one. */
function filled<T extends Record<string, unknown>>(fields: T): Partial<T> {
  const isSet = (value: unknown) =>
    value !== undefined &&
    value !== '' &&
    !(Array.isArray(value) && value.length === 0) &&
    !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value))) as Partial<T>;
}

function envOf({ name, source, value, refName, refKey }: EnvDraft) {
  if (source === 'value') return { name, value };
  const ref = { name: refName, key: refKey };
  return { name, valueFrom: source === 'secret' ? { secretKeyRef: ref } : { configMapKeyRef: ref } };
}

function probeOf(probe: ProbeDraft, servingPort: string) {
  if (probe.kind === 'none') return undefined;
  const port = whole(probe.port) ?? whole(servingPort);
  const timing = filled({
    initialDelaySeconds: whole(probe.initialDelaySeconds),
    periodSeconds: whole(probe.periodSeconds),
  });
  return probe.kind === 'http'
    ? { httpGet: { path: probe.path, port }, ...timing }
    : { tcpSocket: { port }, ...timing };
}

function volumeOf({ name, kind, refName }: VolumeDraft) {
  switch (kind) {
    case 'emptyDir':
      return { name, emptyDir: {} };
    case 'persistentVolumeClaim':
      return { name, persistentVolumeClaim: { claimName: refName } };
    case 'configMap':
      return { name, configMap: { name: refName } };
    case 'secret':
      return { name, secret: { secretName: refName } };
  }
}

function resourcesOf(draft: ContainerDraft) {
  const requests = filled({ cpu: draft.cpuRequest.trim(), memory: draft.memoryRequest.trim() });
  const limits = filled({
    cpu: draft.cpuLimit.trim(),
    memory: draft.memoryLimit.trim(),
    'nvidia.com/gpu': draft.gpuCount.trim() === '0' ? '' : draft.gpuCount.trim(),
  });
  return filled({ requests, limits });
}

function selectorOf(text: string): Record<string, string> {
  return Object.fromEntries(
    lines(text).map((line) => {
      const [key = '', ...value] = line.split(/[=:]/);
      return [key.trim(), value.join(':').trim()];
    }),
  );
}

const probeNames: readonly ProbeName[] = ['readinessProbe', 'livenessProbe', 'startupProbe'];

/** The pod template that the form describes; it is parsed by the same schema as a pasted one. */
export function podTemplateOfDraft(draft: ContainerDraft): PodTemplate {
  const probes = Object.fromEntries(
    probeNames.map((name) => [name, probeOf(draft.probes[name], draft.port)] as const),
  );
  const container = {
    name: draft.name.trim(),
    image: draft.image.trim(),
    ...filled({
      command: lines(draft.command),
      args: lines(draft.args),
      ports: draft.port.trim() === '' ? [] : [{ name: 'http', containerPort: Number(draft.port) }],
      env: draft.env.map(envOf),
      resources: resourcesOf(draft),
      ...probes,
      volumeMounts: draft.volumes.map(({ name, mountPath, readOnly }) => ({
        name,
        mountPath,
        ...(readOnly ? { readOnly } : {}),
      })),
    }),
  } as ContainerSpec;
  const tolerations = draft.tolerations.map(({ taint, value, effect }) => ({
    key: taint,
    ...(value === '' ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...filled({ effect }),
  }));
  return {
    spec: {
      containers: [container],
      ...filled({
        serviceAccountName: draft.serviceAccountName.trim(),
        imagePullSecrets: words(draft.imagePullSecrets).map((name) => ({ name })),
        nodeSelector: selectorOf(draft.nodeSelector),
        tolerations,
        volumes: draft.volumes.map(volumeOf),
      }),
    },
  } as PodTemplate;
}
