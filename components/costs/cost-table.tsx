import { groupWord } from '../../domain/ledger/group-words.ts';
import { formatPercent } from '../../domain/number-format.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import type { CostAnswer, CostGroup } from './cost-answers.ts';
import { type CostAsk, podsHref } from './cost-ask.ts';
import { costText, gpuHoursText, groupingWords } from './cost-words.ts';
import { costOf } from './prepare-costs.ts';

/** Groups, the most expensive first; each row leads to its pods. */
export function CostTable({ answer, ask }: { answer: CostAnswer; ask: CostAsk }) {
  const all = Number(costOf(answer.total, ask));
  const gpus = Number(answer.total.milliGpuSeconds);
  const columns: Column<CostGroup>[] = [
    { key: 'group', header: groupingWords[ask.groupBy], cell: (row) => groupWord(ask.groupBy, row) },
    {
      key: 'cost',
      header: 'Cost',
      align: 'right',
      cell: (row) => costText(costOf(row, ask), answer.currency),
    },
    {
      key: 'share',
      header: 'Share',
      align: 'right',
      phone: 'hide',
      cell: (row) =>
        all > 0
          ? formatPercent(Number(costOf(row, ask)) / all)
          : formatPercent(gpus === 0 ? 0 : Number(row.milliGpuSeconds) / gpus),
    },
    { key: 'gpu', header: 'GPU-hours', align: 'right', cell: (row) => gpuHoursText(row.milliGpuSeconds) },
    {
      key: 'unpriced',
      header: 'Without a price',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.unpriced > 0n ? gpuHoursText(row.unpriced) : '–'),
    },
    {
      key: 'estimated',
      header: 'Estimated',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.estimated > 0n ? gpuHoursText(row.estimated) : '–'),
    },
  ];
  return (
    <Panel title={`By ${groupingWords[ask.groupBy]}`} flush>
      <DataTable
        caption={`Costs by ${groupingWords[ask.groupBy]}`}
        columns={columns}
        rows={answer.groups}
        rowKey={(row) => row.group}
        rowHref={(row) => podsHref(ask, row.group)}
        empty={null}
      />
    </Panel>
  );
}
