import type { Statement, StatementAmounts } from '../../domain/ledger/statement.ts';
import { decimalOf } from '../../domain/price/money.ts';
import { gpuHours } from './cost-words.ts';
import { csvText } from './csv-cell.ts';

/** A statement with exact amounts, one row per line of it. */
export function statementCsv(statement: Statement): string {
  const { month, projectName, costCentre, currency } = statement;
  const row = (kind: string, name: string, amounts: StatementAmounts) => [
    month.slice(0, 7),
    projectName,
    costCentre ?? '',
    kind,
    name,
    gpuHours(BigInt(amounts.milliGpuSeconds)),
    decimalOf(BigInt(amounts.loadedNano)),
    decimalOf(BigInt(amounts.openCostNano)),
    gpuHours(BigInt(amounts.unpriced)),
    currency ?? '',
  ];
  return csvText([
    [
      'month',
      'project',
      'costCentre',
      'kind',
      'name',
      'gpuHours',
      'loaded',
      'openCost',
      'unpricedGpuHours',
      'currency',
    ],
    row('total', '', statement.total),
    ...statement.byModel.map((line) => row('model', line.name, line)),
    ...statement.byBucket.map((line) => row('bucket', line.name, line)),
    ...statement.byProduct.map((line) => row('gpuProduct', line.name, line)),
    row('idleShare', '', statement.idleShare),
    ...statement.corrections.map((line) => row('correction', line.name, line)),
  ]);
}
