import { expect, it } from 'vitest';
import type { Statement } from '../../domain/ledger/statement.ts';
import { statementCsv } from './statement-csv.ts';

const amounts = { milliGpuSeconds: '5400000', loadedNano: '2500000001', openCostNano: '-1', unpriced: '0' };
const statement: Statement = {
  schema: 1,
  month: '2026-03-01',
  projectId: 'p',
  projectName: 'Fraud, EU',
  costCentre: '=CC',
  currency: 'EUR',
  total: amounts,
  byModel: [{ ...amounts, key: 'm', name: 'scorer' }],
  byBucket: [],
  byProduct: [],
  idleShare: amounts,
  corrections: [{ ...amounts, key: '2026-02', name: '2026-02' }],
};

it('a statement’s CSV is exact to the nano, one row per line, and holds no formula', () => {
  expect(statementCsv(statement).trim().split('\r\n').slice(1)).toEqual([
    `2026-03,"Fraud, EU",'=CC,total,,1.5,2.500000001,-0.000000001,0,EUR`,
    `2026-03,"Fraud, EU",'=CC,model,scorer,1.5,2.500000001,-0.000000001,0,EUR`,
    `2026-03,"Fraud, EU",'=CC,idleShare,,1.5,2.500000001,-0.000000001,0,EUR`,
    `2026-03,"Fraud, EU",'=CC,correction,2026-02,1.5,2.500000001,-0.000000001,0,EUR`,
  ]);
});
