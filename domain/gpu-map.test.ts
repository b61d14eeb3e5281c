import { describe, expect, it } from 'vitest';
import { gpuParts, gpuTotals } from './gpu-map.ts';
import type { LedgerRow } from './ledger/node-hour.ts';
import { nobody } from './ledger/owner.ts';

const row = (change: Partial<LedgerRow>): LedgerRow => ({
  ...nobody,
  podUid: null,
  bucket: 'serving',
  line: 'gpu',
  gpuProduct: 'L4',
  capacityType: 'onDemand',
  quantity: 1_000n,
  loadedNano: null,
  openCostNano: null,
  priceEntryId: null,
  estimated: false,
  ...change,
});
const rows = [
  row({ bucket: 'idleFree', quantity: 2_000n }),
  row({ podUid: 'a', projectId: 'mine', serviceId: 's', revisionId: 'r', role: 'stable' }),
  row({ podUid: 'b', projectId: 'mine', serviceId: 's', revisionId: 'r', role: 'stable' }),
  row({ podUid: 'c', projectId: 'theirs', serviceId: 't', revisionId: 'q', role: 'stable' }),
  row({ podUid: 'd', projectId: 'others' }),
  row({ podUid: 'e', bucket: 'system' }),
  row({ bucket: 'unhealthy', quantity: 1_000n }),
  row({ podUid: 'a', projectId: 'mine', line: 'cpu', quantity: 9_000n }),
];

describe('parts of a node', () => {
  it('put pods of one holder together and show nothing of another project but how much it holds', () => {
    const parts = gpuParts(rows, new Set(['mine']));
    expect(parts.map(({ holder, milliGpu, podUids }) => [holder.kind, milliGpu, podUids.join()])).toEqual([
      ['known', 2_000, 'a,b'],
      ['otherProject', 2_000, ''],
      ['unallocated', 1_000, ''],
      ['nobody', 2_000, ''],
      ['nobody', 1_000, ''],
    ]);
    expect(JSON.stringify(parts)).not.toContain('theirs');
  });

  it('name everybody to whoever sees the instance', () => {
    expect(gpuParts(rows, null).filter(({ holder }) => holder.kind === 'known')).toHaveLength(3);
  });

  it('add up to what the node has', () => {
    expect(gpuTotals(gpuParts(rows, null))).toEqual({
      capacity: 8_000,
      held: 5_000,
      idle: 2_000,
      lost: 1_000,
    });
  });
});
