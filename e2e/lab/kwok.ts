import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabBinaries } from './build.ts';
import type { LabFolder } from './folders.ts';
import type { ProcessPlan } from './processes.ts';

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

interface StagePlan {
  name: string;
  kind: 'Node' | 'Pod';
  when: Requirement[];
  delayMs?: number;
  next: Record<string, unknown>;
}

/**
 * How a pod ends: deleted with the last word of a kubelet before it is gone (`finishes`), or without one; or by itself, as
 * a training does (`succeeds`, `fails`).
 */
const ending = '.metadata.annotations["lab.fairlead.dev/end"]';
const finishes: Requirement = { key: ending, operator: 'In', values: ['finishes'] };
const deleted: Requirement = { key: '.metadata.deletionTimestamp', operator: 'Exists' };
const alive: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const hasAddress: Requirement = { key: '.status.podIP', operator: 'Exists' };
const readyCondition = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const notReady: Requirement = { key: readyCondition, operator: 'NotIn', values: ['True'] };

/** What a pod is told to do: an annotation of its template, or a variable of a container, which any spec can carry. */
const behaviour =
  '.metadata.annotations["lab.fairlead.dev/readiness"], ' +
  '(.spec.containers[].env[]? | select(.name == "SIMULATE_READINESS") | .value)';

function behaves(operator: 'In' | 'NotIn', ...values: string[]): Requirement {
  return { key: behaviour, operator, values };
}

const nodeStatus = `
{{ $now := Now }}
{{ $since := or .metadata.creationTimestamp $now }}
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $since | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
addresses:
- address: {{ NodeIP | Quote }}
  type: InternalIP
- address: {{ NodeName | Quote }}
  type: Hostname
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
phase: Running
`;

const podAddress = `
{{ range NodeIPsWith .spec.nodeName }}
hostIP: {{ . | Quote }}
hostIPs:
- ip: {{ . | Quote }}
{{ end }}
{{ range PodIPsWith .spec.nodeName false ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ . | Quote }}
podIPs:
- ip: {{ . | Quote }}
{{ end }}
startTime: {{ $now | Quote }}
phase: Running
`;

function podStatus(ready: boolean, container: string, rest = ''): string {
  const status = ready ? '"True"' : '"False"';
  const reason = ready ? '' : '  reason: ContainersNotReady\n  message: containers are not ready\n';
  const condition = (type: string): string =>
    `- type: ${type}\n  status: ${status}\n${reason}  lastTransitionTime: {{ $now | Quote }}\n`;
  return `
{{ $now := Now }}
conditions:
- type: Initialized
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
${condition('Ready')}${condition('ContainersReady')}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: ${ready}
${container}
{{ end }}
${rest}`;
}

const running = `  restartCount: 0
  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}`;

const crashing = `  restartCount: 3
  started: false
  state:
    waiting:
      reason: CrashLoopBackOff
      message: back-off 40s restarting failed container
  lastState:
    terminated:
      exitCode: 1
      reason: Error
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}`;

const endedStatus = (phase: 'Succeeded' | 'Failed'): string => `
{{ $now := Now }}
phase: ${phase}
containerStatuses:
{{ range .status.containerStatuses }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .imageID | Quote }}
  ready: false
  restartCount: 0
  started: false
  state:
    terminated:
      exitCode: ${phase === 'Succeeded' ? 0 : 1}
      reason: ${phase === 'Succeeded' ? 'Completed' : 'Error'}
      startedAt: {{ .state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
`;

/** Runs for a look of the product, and is over. */
function endingByItself(end: string, phase: 'Succeeded' | 'Failed'): StagePlan {
  return {
    name: `pod-${end}`,
    kind: 'Pod',
    when: [
      alive,
      { key: ending, operator: 'In', values: [end] },
      { key: readyCondition, operator: 'In', values: ['True'] },
      { key: '.status.phase', operator: 'In', values: ['Running'] },
    ],
    delayMs: 11_000,
    next: { statusTemplate: endedStatus(phase) },
  };
}

const stages: StagePlan[] = [
  { name: 'node-initialize', kind: 'Node', when: [notReady], next: { statusTemplate: nodeStatus } },
  {
    name: 'pod-started',
    kind: 'Pod',
    when: [alive, { key: '.status.podIP', operator: 'DoesNotExist' }],
    delayMs: 300,
    next: { statusTemplate: podStatus(false, running, podAddress) },
  },
  {
    name: 'pod-ready',
    kind: 'Pod',
    when: [alive, hasAddress, notReady, behaves('NotIn', 'never', 'slow', 'crash')],
    delayMs: 400,
    next: { statusTemplate: podStatus(true, running) },
  },
  {
    name: 'pod-slow',
    kind: 'Pod',
    when: [alive, hasAddress, notReady, behaves('In', 'slow')],
    delayMs: 10_000,
    next: { statusTemplate: podStatus(true, running) },
  },
  {
    name: 'pod-crash',
    kind: 'Pod',
    when: [
      alive,
      hasAddress,
      behaves('In', 'crash'),
      {
        key: '.status.containerStatuses.[].state.waiting.reason',
        operator: 'NotIn',
        values: ['CrashLoopBackOff'],
      },
    ],
    delayMs: 500,
    next: { statusTemplate: podStatus(false, crashing) },
  },
  {
    // A deleted pod serves for two more seconds, as one with a grace period does.
    name: 'pod-delete',
    kind: 'Pod',
    when: [deleted, { ...finishes, operator: 'NotIn' }],
    delayMs: 2000,
    next: { delete: true },
  },
  {
    name: 'pod-finish',
    kind: 'Pod',
    when: [deleted, finishes, { key: '.status.phase', operator: 'In', values: ['Running'] }],
    delayMs: 1000,
    next: { statusTemplate: endedStatus('Succeeded') },
  },
  endingByItself('succeeds', 'Succeeded'),
  endingByItself('fails', 'Failed'),
  {
    // Long enough for a scrape to see it over.
    name: 'pod-delete-finished',
    kind: 'Pod',
    when: [deleted, finishes, { key: '.status.phase', operator: 'In', values: ['Succeeded'] }],
    delayMs: 8000,
    next: { delete: true },
  },
];

function stageObject(stage: StagePlan): Record<string, unknown> {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: stage.name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: stage.kind },
      selector: { matchExpressions: stage.when },
      ...(stage.delayMs === undefined ? {} : { delay: { durationMilliseconds: stage.delayMs } }),
      next: stage.next,
    },
  };
}

/**
 * What every container of the lab has written, in the runtimes' own form, and what its run before wrote: KWOK's kubelet
 * serves the same two files for all pods, so a test writes lines that name it.
 */
export function podLogFiles(folder: LabFolder): { readonly present: string; readonly previous: string } {
  return {
    present: join(folder.data, 'container.log'),
    previous: join(folder.data, 'container-previous.log'),
  };
}

function clusterLogs(folder: LabFolder): Record<string, unknown> {
  const { present, previous } = podLogFiles(folder);
  for (const file of [present, previous]) writeFileSync(file, '');
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'every-container' },
    spec: { logs: [{ logsFile: present, previousLogsFile: previous, follow: true }] },
  };
}

/** KWOK, which gives nodes and pods a life and serves as their kubelet; it refuses to start without stages. */
export function kwokPlan(binaries: LabBinaries, folder: LabFolder, kubeconfig: string): ProcessPlan {
  const config = join(folder.data, 'stages.yaml');
  const objects = [...stages.map(stageObject), clusterLogs(folder)];
  writeFileSync(config, objects.map((object) => stringify(object)).join('---\n'));
  return {
    name: 'kwok',
    command: binaries.path('kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      '--manage-all-nodes=true',
      '--cidr=10.244.0.0/16',
      '--node-ip=10.88.0.1',
      '--node-port=10250',
      '--node-lease-duration-seconds=40',
    ],
  };
}

/** A node with GPUs that only KWOK stands behind. */
export function gpuNode(name: string, gpuCount: number): Record<string, unknown> {
  const resources = { cpu: '64', memory: '256Gi', pods: '250', 'nvidia.com/gpu': String(gpuCount) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'nvidia.com/gpu.product': 'NVIDIA-L4',
      },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
