import type { ModelPod } from './model-pods.ts';

/** What one GPU says, by the pod that holds it: its variables SIMULATE_GPU_ACTIVITY and SIMULATE_GPU_MEMORY_MIB. */
type Device = { readonly labels: string; readonly activity: number; readonly usedMib: number };

const memoryMib = 23_034;

function devicesOf({ uid, name, namespace, node, gpus, container, env }: ModelPod): Device[] {
  const usedMib = Number(env.SIMULATE_GPU_MEMORY_MIB ?? '1024');
  const activity = Number(env.SIMULATE_GPU_ACTIVITY ?? '0');
  return Array.from({ length: gpus }, (_, index) => {
    const labels = {
      gpu: String(index),
      UUID: `GPU-${uid}-${index}`,
      device: `nvidia${index}`,
      modelName: 'NVIDIA L4',
      Hostname: node,
      container,
      namespace,
      pod: name,
    };
    const text = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    return { labels: text.join(','), activity, usedMib };
  });
}

/**
 * The text that dcgm-exporter documents for the GPUs of running pods (NVIDIA/dcgm-exporter, README and
 * etc/default-counters.csv), with the labels of pods that its Kubernetes mapping adds. No GPU was ever asked.
 */
export function gpuExporterText(pods: readonly ModelPod[]): string {
  const devices = pods.filter(({ node, ready }) => ready && node !== '').flatMap(devicesOf);
  const metric = (name: string, help: string, valueOf: (device: Device) => number) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...devices.map((device) => `${name}{${device.labels}} ${valueOf(device)}`),
  ];
  return [
    ...metric(
      'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
      'Ratio of time the graphics engine is active.',
      ({ activity }) => activity,
    ),
    ...metric('DCGM_FI_DEV_FB_USED', 'Framebuffer memory used (in MiB).', ({ usedMib }) => usedMib),
    ...metric(
      'DCGM_FI_DEV_FB_FREE',
      'Framebuffer memory free (in MiB).',
      ({ usedMib }) => memoryMib - usedMib,
    ),
    '',
  ].join('\n');
}
