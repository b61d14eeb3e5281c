import { describe, expect, it } from 'vitest';
import { anyChartSpecSchema, chartSpecSchema } from '../../domain/chart/chart-spec.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import { groupWord } from '../../domain/ledger/group-words.ts';
import type { CostAnswer } from './cost-answers.ts';
import { costAsk, costParams, costSpec, groupingsOf, podsHref } from './cost-ask.ts';
import { costCsv, costSeries } from './prepare-costs.ts';

const now = Date.parse('2026-03-10T15:00:00Z');
const at = (day: number) => new Date(Date.UTC(2026, 2, day));
const amounts = { milliGpuSeconds: 3_600_000n, openCostNano: 1n, unpriced: 0n, estimated: 0n };

describe('the address of the cost explorer', () => {
  it('means thirty days up to and with today by model, whatever else stands in it', () => {
    const ask = costAsk({ by: 'nonsense', days: '12', rate: 'x', from: '2026-03-09' }, now);
    expect(ask).toMatchObject({ groupBy: 'model', rate: 'loaded', scope: 'project', days: '30', to: at(11) });
    expect(ask.from).toEqual(new Date(Date.UTC(2026, 1, 9)));
  });

  it('keeps nodes and projects to the instance', () => {
    expect(costAsk({ by: 'node' }, now).groupBy).toBe('model');
    expect(costAsk({ by: 'node', scope: 'instance' }, now).groupBy).toBe('node');
  });

  it('has a chart that can be drawn again elsewhere, for every grouping, rate and owner', () => {
    for (const scope of ['project', 'instance'] as const)
      for (const groupBy of groupingsOf(scope))
        for (const rate of ['loaded', 'openCost'] as const) {
          const spec = costSpec(costAsk({ scope, by: groupBy, rate }, 0));
          expect(anyChartSpecSchema.parse(spec)).toEqual({
            kind: scope === 'instance' ? 'instanceCost' : 'cost',
            groupBy,
            ...(rate === 'openCost' ? { rate } : {}),
          });
          expect(isOfInstance(spec)).toBe(scope === 'instance');
          // A board is a project's.
          expect(chartSpecSchema.safeParse(spec).success).toBe(scope === 'project');
        }
    expect(chartSpecSchema.safeParse({ kind: 'cost', groupBy: 'node' }).success).toBe(false);
  });

  it('leads back to what it asked for', () => {
    const ask = costAsk({ by: 'role', from: '2026-03-01', to: '2026-03-05', rate: 'openCost' }, now);
    expect([ask.from, ask.to]).toEqual([at(1), at(6)]);
    const params = Object.fromEntries(
      Object.entries(costParams(ask)).filter(([, value]) => value !== undefined),
    );
    expect(costAsk(params, now)).toEqual(ask);
    expect(podsHref(costAsk({}, now), 'a b')).toBe(
      '/costs/pods?by=model&from=2026-02-09&to=2026-03-10&group=a+b',
    );
  });
});

describe('what is drawn and saved', () => {
  const day = (group: string, dayAt: Date, loadedNano: bigint) => ({
    ...amounts,
    group,
    label: group,
    dayAt,
    loadedNano,
  });
  const answer: CostAnswer = {
    currency: 'EUR',
    sealing: { sealedUntil: at(4), underWay: null },
    corrections: null,
    cuts: null,
    total: { ...amounts, loadedNano: 7_500_000_000n },
    groups: [
      { ...amounts, group: 'a', label: '=A,"1"', loadedNano: 5_000_000_000n },
      { ...amounts, group: '~none', label: 'Without one', loadedNano: 2_500_000_000n },
    ],
    days: [
      day('~none', at(2), 2_500_000_000n),
      day('a', at(1), 2_000_000_000n),
      day('a', at(3), 3_000_000_000n),
    ],
  };
  const ask = costAsk({ from: '2026-03-01', to: '2026-03-05' }, now);

  it('is 0 on a day on which a group had nothing, and nothing after the last known day', () => {
    expect(
      costSeries(answer, ask).map(({ label, points }) => [label, points.map(([, value]) => value)]),
    ).toEqual([
      ['a', [2, 0, 3]],
      ['Pods of no model', [0, 2.5, 0]],
    ]);
  });

  it('is exact in the CSV, and no formula', () => {
    expect(costCsv(answer, ask).split('\r\n').slice(1, 3)).toEqual([
      `"'=A,""1""",a,1,5,0.000000001,0,0,EUR`,
      'Pods of no model,~none,1,2.5,0.000000001,0,0,EUR',
    ]);
  });

  it('has words for buckets and roles', () => {
    expect(groupWord('bucket', { group: 'idleTail', label: 'idleTail' })).toBe(
      'Idle: node without a GPU pod',
    );
    expect(groupWord('role', { group: '~idle', label: 'Idle' })).toBe('Idle');
  });
});
