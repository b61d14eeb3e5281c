import { podGpuShare } from '../metering/gpu-share.ts';
import { nodeGpus } from '../metering/node-gpus.ts';
import { noDevices } from '../metering/observed.ts';
import { quantity } from '../quantity.ts';

type Amounts = Readonly<Record<string, number>>;
type Texts = Readonly<Record<string, string>>;

type Asked = {
  readonly requests: Amounts;
  readonly annotations: Texts;
  /** What the pod says of its node; a product that it names decides what a MIG device is. */
  readonly nodeSelector: Texts;
};

/**
 * Milli-GPU that metering would count of one pod, rounded up: whole GPUs, MIG devices by their weight (of a product that
 * is not pinned, by instances per GPU), HAMi's and KAI's parts, AWS' shares, and time slices where the node selector tells
 * the replicas; without that a slice counts as a whole GPU. Claims are not among it: what they ask for is in the cluster.
 */
export function milliGpuOf({ requests, annotations, nodeSelector }: Asked): number {
  // The node that it would be put on, as far as the pod itself tells.
  const product = nodeSelector['nvidia.com/gpu.product'] ?? '';
  const labels = product.includes('-MIG-')
    ? { ...nodeSelector, 'nvidia.com/mig.strategy': 'single' }
    : nodeSelector;
  const node = nodeGpus({ name: '', labels, annotations: {}, capacity: {}, allocatable: {} }, noDevices);
  const pod = { namespace: '', request: requests, share: kaiShare(annotations) };
  const { n, d } = podGpuShare({ ...pod, claims: [], claimedResources: [] }, node, noDevices).gpu;
  return Math.ceil((n * 1_000) / d);
}

function kaiShare(annotations: Texts) {
  const fraction = annotations['gpu-fraction'] ?? null;
  const memory = quantity(annotations['gpu-memory'] ?? '');
  if (fraction === null && memory === null) return null;
  const devices = Number(annotations['gpu-fraction-num-devices'] ?? '1');
  return {
    fraction,
    memoryMib: memory === null ? null : Math.ceil(memory),
    devices: Number.isInteger(devices) && devices > 0 ? devices : 1,
  };
}
