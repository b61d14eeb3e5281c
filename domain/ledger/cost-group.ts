import type { Bucket } from '../metering/facts.ts';
import type { LedgerRow } from './node-hour.ts';
import { idleBuckets } from './spend.ts';

/** By what the cost explorer sums. */
export const costGroupings = [
  'project',
  'environment',
  'service',
  'model',
  'modelVersion',
  'role',
  'bucket',
  'gpuProduct',
  'capacityType',
  'node',
] as const;
export type CostGrouping = (typeof costGroupings)[number];

/** Nodes and other projects are shown to the instance only. */
export const groupingsOfInstance = ['project', 'node'] as const satisfies readonly CostGrouping[];

/** Column of the ledger that a grouping reads. */
export const groupingColumns = {
  project: 'project_id',
  environment: 'environment_id',
  service: 'service_id',
  model: 'model_id',
  modelVersion: 'model_version_id',
  role: 'role',
  bucket: 'bucket',
  gpuProduct: 'gpu_product',
  capacityType: 'capacity_type',
  node: 'node_uid',
} as const satisfies Record<CostGrouping, string>;

const fields = {
  project: 'projectId',
  environment: 'environmentId',
  service: 'serviceId',
  model: 'modelId',
  modelVersion: 'modelVersionId',
  role: 'role',
  bucket: 'bucket',
  gpuProduct: 'gpuProduct',
  capacityType: 'capacityType',
} as const satisfies Record<Exclude<CostGrouping, 'node'>, keyof LedgerRow>;

/** Groups of rows that have no value of the grouping. */
export const restGroups = {
  '~none': 'Without one',
  '~cpu': 'Nodes without GPUs',
  '~idle': 'Idle',
  '~system': 'System',
  '~unhealthy': 'Unhealthy',
  '~unobserved': 'Unobserved',
  '~rounding': 'Rounding',
  '~unallocated': 'Unallocated',
} as const;
export type RestGroup = keyof typeof restGroups;

const idle: ReadonlySet<Bucket> = new Set(idleBuckets);
const ofNodes = ['system', 'unhealthy', 'unobserved', 'rounding'] as const;

/** The group of a row of a node; queries of sealed rows say the same in SQL. */
export function groupOf(row: LedgerRow, nodeUid: string, grouping: CostGrouping): string {
  if (grouping === 'node') return nodeUid;
  return (
    row[fields[grouping]] ?? restGroup(grouping, { isOwned: row.projectId !== null, bucket: row.bucket })
  );
}

/** The group of a row without a value of the grouping. */
function restGroup(
  grouping: CostGrouping,
  { isOwned, bucket }: { readonly isOwned: boolean; readonly bucket: Bucket },
): RestGroup {
  if (grouping === 'gpuProduct') return '~cpu';
  if (isOwned) return '~none';
  if (idle.has(bucket)) return '~idle';
  const own = ofNodes.find((each) => each === bucket);
  return own === undefined ? '~unallocated' : `~${own}`;
}
