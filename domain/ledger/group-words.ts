import type { Bucket, CostRole } from '../metering/facts.ts';
import type { CostGrouping } from './cost-group.ts';

const bucketWords: Record<Bucket, string> = {
  serving: 'Serving',
  warmup: 'Warm-up: running, not ready yet',
  startupHold: 'Start-up: bound, not running yet',
  unready: 'Unready: was ready',
  crashloopHold: 'Crash loop: held between restarts',
  drain: 'Draining',
  nodeLost: 'Node lost',
  system: 'System',
  idleFree: 'Idle: free',
  idleFragment: 'Idle: rest of a shared GPU',
  idleStranded: 'Idle: no CPU or memory left beside it',
  idleTail: 'Idle: node without a GPU pod',
  idleBoot: 'Idle: node starting',
  idleReserved: 'Idle: kept free on purpose',
  idleClaim: 'Idle: claimed without a pod',
  claimHold: 'Claimed without a pod',
  unhealthy: 'Unhealthy',
  unobserved: 'Unobserved: nobody watched',
  rounding: 'Rounding',
};

const roleWords: Record<CostRole, string> = {
  stable: 'Stable',
  canary: 'Canary',
  shadow: 'Shadow',
  retiring: 'Retiring',
  training: 'Training',
  batch: 'Batch',
  dev: 'Development',
};

const capacityWords: Record<string, string> = {
  onDemand: 'On demand',
  spot: 'Spot',
  reserved: 'Reserved',
  owned: 'Owned',
};

const restWords: Partial<Record<CostGrouping, string>> = {
  service: 'Pods of no service',
  model: 'Pods of no model',
  modelVersion: 'Pods of no ModelVersion',
};

export const bucketWord = (bucket: string): string => bucketWords[bucket as Bucket] ?? bucket;
export const roleWord = (role: string): string => roleWords[role as CostRole] ?? role;

/** How a group is called: what has no name of its own by the words of its kind. */
export function groupWord(
  grouping: CostGrouping,
  { group, label }: { group: string; label: string },
): string {
  if (group === '~none') return restWords[grouping] ?? label;
  if (grouping === 'bucket') return bucketWord(label);
  if (grouping === 'role') return roleWord(label);
  return grouping === 'capacityType' ? (capacityWords[label] ?? label) : label;
}
