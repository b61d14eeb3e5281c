/** What of a bill's row is read, by the names of FOCUS 1.2; the last ones are provider's own (`x_`). */
export const focusColumns = [
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
  'ChargePeriodStart',
  'ChargeCategory',
  'ServiceCategory',
  'ServiceName',
  'CommitmentDiscountStatus',
  'CapacityReservationStatus',
  'SkuPriceDetails',
  'x_InstanceType',
  'x_UsageType',
] as const;
export type FocusColumn = (typeof focusColumns)[number];
export type FocusRow = Readonly<Partial<Record<FocusColumn, string>>>;

/** What decides the kind of a charge and its instance type. */
export const sortingColumns: readonly FocusColumn[] = [
  'ChargeCategory',
  'ServiceCategory',
  'ServiceName',
  'CommitmentDiscountStatus',
  'CapacityReservationStatus',
  'SkuPriceDetails',
  'x_InstanceType',
  'x_UsageType',
];

/** Without these a file is no bill in FOCUS. */
export const neededColumns: readonly FocusColumn[] = [
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
  'ChargePeriodStart',
];

/** What a charge is for. `instance` is a machine of a known type; the others are not metered by Fairlead. */
export const billKinds = [
  'instance',
  'otherCompute',
  'storage',
  'network',
  'controlPlane',
  'unusedCommitment',
  'purchase',
  'taxAndCredit',
  'other',
] as const;
export type BillKind = (typeof billKinds)[number];

/** Names of instance types as bill and node label share them: Azure's label says Standard_ND96asr_v4, its bill may say ND96asr_v4. */
export function instanceKey(instanceType: string): string {
  return instanceType
    .trim()
    .toLowerCase()
    .replace(/^standard_/, '');
}

/** AWS: BoxUsage:p5.48xlarge, USE1-SpotUsage:g6.xlarge, EUW1-DedicatedUsage:p4d.24xlarge, Reservation:… */
const usageOfInstance =
  /(?:^|-)(?:BoxUsage|SpotUsage|DedicatedUsage|HostBoxUsage|Reservation|UnusedBox|UnusedDed):([a-z0-9-]+\.[a-z0-9-]+)$/;

/** Instance type of a charge: from a column of its own, the SKU's details (FOCUS 1.1 and later) or the provider's usage type; null without one. */
export function instanceTypeOf(row: FocusRow): string | null {
  const own = row.x_InstanceType?.trim() ?? '';
  if (own !== '') return own;
  const detail = instanceInDetails(row.SkuPriceDetails ?? '');
  if (detail !== null) return detail;
  return usageOfInstance.exec(row.x_UsageType ?? '')?.[1] ?? null;
}

const detailNames = ['InstanceType', 'F_InstanceType', 'x_InstanceType'];

function instanceInDetails(text: string): string | null {
  if (!text.includes('InstanceType')) return null;
  try {
    const details: unknown = JSON.parse(text);
    if (typeof details !== 'object' || details === null) return null;
    const found = Object.entries(details).find(([name]) => detailNames.includes(name))?.[1];
    return typeof found === 'string' && found.trim() !== '' ? found.trim() : null;
  } catch {
    return null;
  }
}

const storageUsage = /EBS:|VolumeUsage|Snapshot|TimedStorage/;
const networkUsage = /DataTransfer|NatGateway|LoadBalancer|LCUUsage|VpcEndpoint|PublicIPv4|ElasticIP/;
const kubernetesService = /kubernetes/i;

/** What a charge is for. AWS files volumes and traffic of machines under Compute, so its usage type decides before the category. */
export function billKindOf(row: FocusRow): BillKind {
  const category = row.ChargeCategory ?? 'Usage';
  if (category === 'Purchase') return 'purchase';
  if (category !== 'Usage' && category !== '') return 'taxAndCredit';
  if (row.CommitmentDiscountStatus === 'Unused' || row.CapacityReservationStatus === 'Unused')
    return 'unusedCommitment';
  const usage = row.x_UsageType ?? '';
  if (storageUsage.test(usage) || row.ServiceCategory === 'Storage') return 'storage';
  if (networkUsage.test(usage) || row.ServiceCategory === 'Networking') return 'network';
  if (instanceTypeOf(row) !== null) return 'instance';
  if (kubernetesService.test(row.ServiceName ?? '')) return 'controlPlane';
  return row.ServiceCategory === 'Compute' ? 'otherCompute' : 'other';
}
