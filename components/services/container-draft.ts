export type EnvDraft = {
  readonly key: number;
  readonly name: string;
  readonly source: 'value' | 'secret' | 'configMap';
  readonly value: string;
  readonly refName: string;
  readonly refKey: string;
};

export type VolumeDraft = {
  readonly key: number;
  readonly name: string;
  readonly kind: 'emptyDir' | 'persistentVolumeClaim' | 'configMap' | 'secret';
  readonly refName: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
};

export type ProbeDraft = {
  readonly kind: 'none' | 'http' | 'tcp';
  readonly path: string;
  readonly port: string;
  readonly initialDelaySeconds: string;
  readonly periodSeconds: string;
};

export type ProbeName = 'readinessProbe' | 'livenessProbe' | 'startupProbe';

export type TolerationDraft = {
  readonly key: number;
  readonly taint: string;
  readonly value: string;
  readonly effect: '' | 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
};

/** The container and pod fields of the form, all as texts; empty means "not set". */
export type ContainerDraft = {
  readonly name: string;
  readonly image: string;
  readonly command: string;
  readonly args: string;
  readonly port: string;
  readonly env: readonly EnvDraft[];
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
  readonly gpuCount: string;
  readonly probes: Readonly<Record<ProbeName, ProbeDraft>>;
  readonly volumes: readonly VolumeDraft[];
  readonly serviceAccountName: string;
  readonly imagePullSecrets: string;
  readonly nodeSelector: string;
  readonly tolerations: readonly TolerationDraft[];
};

const noProbe: ProbeDraft = {
  kind: 'none',
  path: '/v2/health/live',
  port: '',
  initialDelaySeconds: '',
  periodSeconds: '',
};

export const emptyContainer: ContainerDraft = {
  name: 'model',
  image: '',
  command: '',
  args: '',
  port: '8080',
  env: [],
  cpuRequest: '500m',
  cpuLimit: '',
  memoryRequest: '1Gi',
  memoryLimit: '2Gi',
  gpuCount: '',
  probes: {
    readinessProbe: { ...noProbe, kind: 'http', path: '/v2/health/ready' },
    livenessProbe: noProbe,
    startupProbe: noProbe,
  },
  volumes: [],
  serviceAccountName: '',
  imagePullSecrets: '',
  nodeSelector: '',
  tolerations: [],
};
