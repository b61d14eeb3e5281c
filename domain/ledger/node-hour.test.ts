import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeFacts } from '../metering/facts.ts';
import { fraction } from '../metering/fraction.ts';
import { ledgerLines, type NodeHour, type NodePiece, nodeHourRows, type PodPiece } from './node-hour.ts';
import { type LedgerOwner, nobody, ownerKey } from './owner.ts';

const minute = 60_000;
const hour = 60 * minute;

function facts(change: Partial<NodeFacts> = {}): NodeFacts {
  return {
    schema: 1,
    name: 'node',
    instanceType: 'p5.48xlarge',
    region: 'us-east-1',
    zone: null,
    capacityType: 'onDemand',
    gpuProduct: 'NVIDIA-H100-80GB-HBM3',
    physicalGpus: 8,
    unhealthyGpus: fraction(0),
    gpusRegistered: true,
    milliCpu: 192_000,
    memoryMib: 2_097_152,
    ...change,
  };
}

function node(change: Partial<NodeFacts> = {}, perHourNano: bigint | null = 55_040_000_000n): NodePiece {
  const price = perHourNano === null ? null : { entryId: 'list', perHourNano };
  return { fromMs: 0, toMs: hour, facts: facts(change), price, estimated: false };
}

const owned = (projectId: string): LedgerOwner => ({ ...nobody, projectId });

function pod(podUid: string, change: Partial<PodPiece> & { gpu?: PodPiece['holds']['gpu'] } = {}): PodPiece {
  const { gpu = fraction(1), ...rest } = change;
  return {
    podUid,
    fromMs: 0,
    toMs: hour,
    bucket: 'serving',
    holds: { gpu, milliCpu: 1000, memoryMib: 1024 },
    boundMs: 0,
    owner: owned(podUid),
    estimated: false,
    ...rest,
  };
}

const hourOf = (
  pieces: readonly NodePiece[],
  pods: readonly PodPiece[],
  change: Partial<NodeHour> = {},
): NodeHour => ({
  fromMs: 0,
  toMs: hour,
  node: pieces,
  pods,
  watched: [{ fromMs: 0, toMs: hour }],
  ...change,
});

/** Milli-GPU-seconds and loaded nano of the GPU line by bucket. */
function gpuByBucket(of: NodeHour) {
  const sums: Record<string, { gpu: bigint; nano: bigint | null }> = {};
  for (const { line, bucket, quantity, loadedNano } of nodeHourRows(of).rows) {
    // What rounds in the other rate mode only is not looked at here.
    if (line !== 'gpu' || (bucket === 'rounding' && quantity === 0n && loadedNano === 0n)) continue;
    const before = sums[bucket] ?? { gpu: 0n, nano: loadedNano === null ? null : 0n };
    sums[bucket] = {
      gpu: before.gpu + quantity,
      nano: loadedNano === null || before.nano === null ? null : before.nano + loadedNano,
    };
  }
  return sums;
}

describe('a node and hour', () => {
  it('V1: four of eight GPUs, six minutes of them start-up, cost $27.52 and leave as much idle', () => {
    const holds = { gpu: fraction(4) };
    const pods = [
      pod('a', { ...holds, toMs: 6 * minute, bucket: 'startupHold' }),
      pod('a', { ...holds, fromMs: 6 * minute }),
    ];
    expect(gpuByBucket(hourOf([node()], pods))).toEqual({
      startupHold: { gpu: 1_440_000n, nano: 2_752_000_000n },
      serving: { gpu: 12_960_000n, nano: 24_768_000_000n },
      idleFree: { gpu: 14_400_000n, nano: 27_520_000_000n },
    });
  });

  it('V2: eight quarters fill two GPUs exactly, idle is 0', () => {
    const pods = Array.from({ length: 8 }, (_, index) => pod(`p${index}`, { gpu: fraction(1, 4) }));
    expect(gpuByBucket(hourOf([node({ physicalGpus: 2 })], pods))).toEqual({
      serving: { gpu: 7_200_000n, nano: 55_040_000_000n },
    });
  });

  it('V3: ten minutes of one GPU are a sixth of a GPU-hour', () => {
    const of = hourOf([node({ physicalGpus: 1 })], [pod('batch', { toMs: 10 * minute })]);
    expect(gpuByBucket(of).serving?.gpu).toBe(600_000n);
  });

  it('V5: a crash loop costs its whole hour, 0.2 run and 0.8 held', () => {
    const pods = Array.from({ length: 12 }, (_, index) =>
      pod('crash', {
        fromMs: index * 5 * minute,
        toMs: (index + 1) * 5 * minute,
        bucket: index % 5 === 0 && index < 10 ? 'warmup' : 'crashloopHold',
      }),
    );
    const sums = gpuByBucket(hourOf([node({ physicalGpus: 1 })], pods));
    expect((sums.warmup?.gpu ?? 0n) + (sums.crashloopHold?.gpu ?? 0n)).toBe(3_600_000n);
  });

  it.each([
    ['7 × 1g', 7, fraction(1, 7)],
    ['3 × 1/3', 3, fraction(1, 3)],
    ['4 × 1g of an A30', 4, fraction(1, 4)],
  ])('%s fill a GPU, with rounding as its own row and no idle', (_, count, gpu) => {
    const pods = Array.from({ length: count }, (__, index) => pod(`p${index}`, { gpu }));
    const { serving, rounding, ...others } = gpuByBucket(hourOf([node({ physicalGpus: 1 })], pods));
    expect(others).toEqual({});
    expect((serving?.gpu ?? 0n) + (rounding?.gpu ?? 0n)).toBe(3_600_000n);
    expect((serving?.nano ?? 0n) + (rounding?.nano ?? 0n)).toBe(55_040_000_000n);
    expect(rounding?.gpu ?? 0n).toBeLessThan(BigInt(count));
  });

  it('names why a GPU is idle', () => {
    const idle = (change: Partial<NodeFacts>, pods: PodPiece[], more: Partial<NodeHour> = {}) =>
      Object.fromEntries(
        Object.entries(gpuByBucket(hourOf([node(change)], pods, more)))
          .filter(([bucket]) => bucket !== 'serving')
          .map(([bucket, { gpu }]) => [bucket, Number(gpu) / 3_600_000]),
      );
    expect(idle({}, [])).toEqual({ idleTail: 8 });
    expect(idle({}, [pod('half', { gpu: fraction(1, 2) })])).toEqual({ idleFragment: 0.5, idleFree: 7 });
    const whole = pod('cpu', { holds: { gpu: fraction(2), milliCpu: 191_500, memoryMib: 1 } });
    expect(idle({}, [whole])).toEqual({ idleStranded: 6 });
    expect(idle({ gpusRegistered: false }, [])).toEqual({ idleBoot: 8 });
    expect(idle({ unhealthyGpus: fraction(2) }, [pod('a')])).toEqual({ unhealthy: 2, idleFree: 5 });
    expect(idle({ claimedGpus: fraction(3) }, [pod('a')])).toEqual({ idleClaim: 3, idleFree: 4 });
    expect(idle({}, [pod('a')], { watched: [] })).toEqual({ unobserved: 7 });
    expect(idle({}, [pod('a', { bucket: 'idleReserved', owner: nobody })])).toEqual({
      idleReserved: 1,
      idleFree: 7,
    });
  });

  it('gives claims without a pod to whoever answers for them, as far as no pod holds the GPUs', () => {
    const of = (projectId: string, gpus: number) => ({
      owner: { ...nobody, projectId },
      gpu: fraction(gpus),
    });
    const claimed = (claims: ReturnType<typeof of>[], pods: PodPiece[] = []) => {
      const piece = { ...node({ claimedGpus: fraction(5) }), claims };
      const { rows } = nodeHourRows(hourOf([piece], pods));
      return Object.fromEntries(
        rows
          .filter(({ line, bucket }) => line === 'gpu' && bucket !== 'serving' && bucket !== 'rounding')
          .map(({ bucket, projectId, quantity }) => [
            `${bucket} ${projectId ?? 'nobody'}`,
            Number(quantity) / 3_600_000,
          ]),
      );
    };
    expect(claimed([of('a', 2), of('b', 1)])).toEqual({
      'claimHold a': 2,
      'claimHold b': 1,
      'idleClaim nobody': 2,
      'idleTail nobody': 3,
    });
    const holding = pod('holds', { gpu: fraction(7) });
    expect(claimed([of('a', 2), of('b', 1)], [holding])).toEqual({ 'claimHold a': 1 });
  });

  it('has no GPU time but its whole price while its GPUs are not known yet', () => {
    const of = hourOf([node({ physicalGpus: 0, gpusRegistered: false })], []);
    expect(gpuByBucket(of)).toEqual({ idleBoot: { gpu: 0n, nano: 55_040_000_000n } });
  });

  it('shows what is unpriced as unpriced, never as 0', () => {
    const { rows } = nodeHourRows(hourOf([node({}, null)], [pod('a')]));
    expect(new Set(rows.map(({ loadedNano }) => loadedNano))).toEqual(new Set([null]));
  });

  it('splits a GPU node by OpenCost as published: 34 % of a p5.48xlarge lie on its GPUs', () => {
    const { rows } = nodeHourRows(hourOf([node()], [pod('all', { gpu: fraction(8) })]));
    const gpu = rows.find(({ line, bucket }) => line === 'gpu' && bucket === 'serving');
    expect(Number(gpu?.openCostNano) / 8e9).toBeCloseTo(2.34, 2);
    expect(gpu?.loadedNano).toBe(55_040_000_000n);
    expect(rows.filter(({ line }) => line !== 'gpu').every(({ loadedNano }) => loadedNano === 0n)).toBe(true);
  });

  it('cuts what does not fit from the pod that was bound last and counts it as a fault', () => {
    const pods = [
      pod('late', { gpu: fraction(2), boundMs: 5 }),
      pod('early', { gpu: fraction(7), boundMs: 1 }),
    ];
    const of = hourOf([node()], pods);
    const held = Object.fromEntries(
      nodeHourRows(of).rows.flatMap(({ podUid, line, quantity }) =>
        podUid && line === 'gpu' ? [[podUid, quantity]] : [],
      ),
    );
    expect(held).toEqual({ early: 25_200_000n, late: 3_600_000n });
    expect(nodeHourRows(of).faults).toBe(3_600_000n);
  });
});

const gpuShare = fc.constantFrom(
  fraction(1),
  fraction(2),
  fraction(1, 7),
  fraction(1, 3),
  fraction(37, 100),
  fraction(0),
);
const piece = fc.record({
  from: fc.integer({ min: 0, max: hour - 1 }),
  length: fc.integer({ min: 1, max: hour }),
});
const buckets = fc.constantFrom('serving', 'warmup', 'drain', 'system', 'unready' as const);
const podPieces = fc
  .array(fc.record({ piece, gpu: gpuShare, milliCpu: fc.integer({ min: 0, max: 9000 }), bucket: buckets }), {
    maxLength: 7,
  })
  .map((drawn) =>
    drawn.map(({ piece: { from, length }, gpu, milliCpu, bucket }, index) =>
      pod(`p${index}`, {
        fromMs: from,
        toMs: from + length,
        bucket,
        holds: { gpu, milliCpu, memoryMib: 777 },
        boundMs: from,
      }),
    ),
  );
const nodes = fc
  .record({
    cut: fc.integer({ min: 1, max: hour - 1 }),
    prices: fc.tuple(fc.bigInt(1n, 90n ** 6n), fc.bigInt(1n, 90n ** 6n)),
    begin: fc.integer({ min: 0, max: hour / 2 }),
    gpus: fc.constantFrom(0, 1, 3, 8, 16),
  })
  .map(({ cut, prices, begin, gpus }) => {
    const change = gpus === 0 ? { physicalGpus: 0, gpuProduct: null } : { physicalGpus: gpus };
    const [first, second] = prices;
    const middle = Math.max(begin + 1, cut);
    return [
      { ...node(change, first), fromMs: begin, toMs: middle },
      {
        ...node(change, second),
        fromMs: middle,
        toMs: hour,
        price: { entryId: 'next', perHourNano: second },
      },
    ];
  });
const hours = fc
  .record({ pieces: nodes, pods: podPieces, seen: piece })
  .map(({ pieces, pods, seen }) =>
    hourOf(pieces, pods, { watched: [{ fromMs: seen.from, toMs: seen.from + seen.length }] }),
  );

/** Rows in one order, without regard to how they were found. */
function settled(of: NodeHour) {
  return nodeHourRows(of)
    .rows.map(({ quantity, loadedNano, openCostNano, ...row }) => ({
      key: JSON.stringify([row.podUid, row.bucket, row.line, ownerKey(row), row.priceEntryId, row.estimated]),
      amounts: [quantity, loadedNano, openCostNano],
    }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

describe('the ledger of any node and hour', () => {
  it('adds up: quantities to the capacity of each line, amounts to the price of the node in both rate modes', () => {
    fc.assert(
      fc.property(hours, (of) => {
        const { rows } = nodeHourRows(of);
        const sum = (values: (bigint | null)[]) =>
          values.reduce<bigint>((total, value) => total + (value ?? 0n), 0n);
        const capacity = { gpu: 0n, cpu: 0n, memory: 0n };
        let price = 0n;
        for (const { facts: found, fromMs, toMs, price: paid } of of.node) {
          const ms = BigInt(toMs - fromMs);
          capacity.gpu += BigInt(found.physicalGpus) * ms;
          capacity.cpu += BigInt(found.milliCpu) * ms;
          capacity.memory += BigInt(found.memoryMib) * ms;
          price += (paid?.perHourNano ?? 0n) * ms;
        }
        const of1000 = { gpu: 1n, cpu: 1000n, memory: 1000n };
        for (const line of ledgerLines)
          expect(sum(rows.filter((row) => row.line === line).map(({ quantity }) => quantity))).toBe(
            capacity[line] / of1000[line],
          );
        expect(sum(rows.map(({ loadedNano }) => loadedNano))).toBe(price / 3_600_000n);
        expect(sum(rows.map(({ openCostNano }) => openCostNano))).toBe(price / 3_600_000n);
        expect(rows.every(({ quantity }) => quantity >= 0n)).toBe(true);
      }),
    );
  });

  it('does not change when pieces are split at any moment or come in another order, or are counted again', () => {
    fc.assert(
      fc.property(hours, fc.integer({ min: 1, max: hour - 1 }), (of, at) => {
        const split = <Piece extends { fromMs: number; toMs: number }>(pieces: readonly Piece[]) =>
          pieces
            .flatMap((each) =>
              each.fromMs < at && at < each.toMs
                ? [
                    { ...each, toMs: at },
                    { ...each, fromMs: at },
                  ]
                : [each],
            )
            .toReversed();
        const again = { ...of, node: split(of.node), pods: split(of.pods), watched: split(of.watched) };
        expect(settled(again)).toEqual(settled(of));
      }),
    );
  });

  it('changes no other owner’s row when a late event adds a pod that fits', () => {
    fc.assert(
      fc.property(podPieces, piece, (pods, { from, length }) => {
        const large = node({ physicalGpus: 1000 });
        const late = pod('late', { fromMs: from, toMs: from + length, gpu: fraction(5, 13) });
        const others = (of: NodeHour) =>
          nodeHourRows(of).rows.filter(({ podUid }) => podUid !== null && podUid !== 'late');
        expect(others(hourOf([large], [...pods, late]))).toEqual(others(hourOf([large], pods)));
      }),
    );
  });

  it('scales with the price: the hour’s total exactly, each row up to its floor', () => {
    fc.assert(
      fc.property(podPieces, fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 2, max: 50 }), (pods, price, k) => {
        const times = BigInt(k);
        const once = settled(hourOf([node({}, price)], pods));
        const more = settled(hourOf([node({}, price * times)], pods));
        const total = (rows: typeof once) => rows.reduce((sum, { amounts }) => sum + (amounts[1] ?? 0n), 0n);
        expect(total(more)).toBe(total(once) * times);
        const byKey = new Map(more.map(({ key, amounts }) => [key, amounts]));
        for (const { key, amounts } of once) {
          if (key.includes('rounding')) continue;
          const scaled = byKey.get(key)?.[1] ?? 0n;
          const least = (amounts[1] ?? 0n) * times;
          expect(scaled >= least && scaled < least + times).toBe(true);
        }
      }),
    );
  });
});
