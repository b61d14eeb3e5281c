import * as z from 'zod';
import { budgetUnits } from '../../domain/budget/budget-schema.ts';
import { costGroupings } from '../../domain/ledger/cost-group.ts';
import { statementSchema } from '../../domain/ledger/statement.ts';
import { capacityTypes } from '../../domain/metering/facts.ts';
import { idSchema } from '../../domain/name.ts';
import { priceSources, priceUnits } from '../../domain/price/node-price.ts';
import { getBudget } from '../budgets/get.ts';
import { listBudgets } from '../budgets/queries.ts';
import { readCosts } from '../costs/read.ts';
import { getStatement, listStatements } from '../ledger/queries.ts';
import { exportPrices, listPrices } from '../prices/queries.ts';
import { type RestRoute, restRoute } from './route.ts';

const at = z.date().transform((date) => date.toISOString());
/** Whole numbers as text, since many are larger than JSON's numbers are exact: milli-GPU-seconds, or nano of the currency. */
const whole = z
  .bigint()
  .transform(String)
  .pipe(z.string().regex(/^-?\d+$/));
const ofProject = z.object({ projectId: idSchema });
const currency = z.string().nullable();

const figures = z.object({
  id: z.string(),
  name: z.string(),
  /** Of amounts: milli-GPU-seconds for `gpuHours`, nano of the currency for `currency`. */
  unit: z.enum(budgetUnits),
  amount: whole,
  held: whole,
  /** Null before the worker first looked. */
  actual: whole.nullable(),
  available: whole.nullable(),
});
const budget = figures.extend({
  counts: z.object({
    project: z.string().nullable(),
    environment: z.string().nullable(),
    model: z.string().nullable(),
    gpuProduct: z.string().nullable(),
  }),
  statusAt: at.nullable(),
  closedAt: at.nullable(),
});

const amounts = {
  milliGpuSeconds: whole,
  loadedNano: whole,
  openCostNano: whole,
  /** Milli-GPU-seconds without a price, never counted as 0. */
  unpriced: whole,
  estimated: whole,
};
const grouped = z.object({ group: z.string(), label: z.string(), ...amounts });

const daySchema = z.iso.date().transform((day) => new Date(`${day}T00:00:00Z`));
const costsQuery = z.object({
  from: daySchema,
  /** The first day that is not in the range. */
  to: daySchema,
  groupBy: z.enum(costGroupings).exclude(['node', 'project']).default('model'),
});

const price = z.object({
  id: z.string(),
  instanceType: z.string(),
  region: z.string(),
  gpuProduct: z.string(),
  capacityType: z.enum(capacityTypes),
  unit: z.enum(priceUnits),
  amountNano: whole,
  source: z.enum(priceSources),
  sourceNote: z.string(),
  validFrom: at,
  validTo: at.nullable(),
  /** Older than figures of its kind stay right. */
  isStale: z.boolean(),
});

/** What things cost and may cost, to read: budgets, the explorer, statements of closed months and the price book. */
export const costRoutes: readonly RestRoute[] = [
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/budgets',
    operationId: 'listBudgets',
    summary: 'Budgets of a project with what is spent, held and available, and the figures of those above',
    permission: 'budgets.list',
    params: ofProject,
    response: z.object({ currency, budgets: z.array(budget), above: z.array(figures) }),
    run: (ctx, { params }) => listBudgets(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/budgets/{budgetId}',
    operationId: 'getBudget',
    summary: 'One budget of a project, and the figures of those above it',
    permission: 'budgets.get',
    params: z.object({ budgetId: idSchema }),
    response: z.object({ currency, budget, above: z.array(figures) }),
    run: (ctx, { params }) => getBudget(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/costs',
    operationId: 'readCosts',
    summary: 'What a project cost over whole UTC days, by group and by day; sealed and open hours as one',
    permission: 'costs.read',
    params: ofProject,
    query: costsQuery,
    response: z.object({
      currency,
      sealing: z.object({ sealedUntil: at.nullable() }),
      total: z.object(amounts),
      groups: z.array(grouped),
      days: z.array(grouped.extend({ dayAt: at })),
    }),
    run: (ctx, { params, query }) => readCosts(ctx, { ...params, ...query }),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/statements',
    operationId: 'listStatements',
    summary: 'Statements of closed months, newest first',
    permission: 'statements.list',
    params: ofProject,
    response: z.object({
      costCentre: z.string().nullable(),
      statements: z.array(
        z.object({
          id: z.string(),
          month: at,
          digest: z.string(),
          closedAt: at,
          currency,
          total: statementSchema.shape.total,
        }),
      ),
    }),
    run: (ctx, { params }) => listStatements(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/statements/{statementId}',
    operationId: 'getStatement',
    summary: 'The frozen statement of a closed month, whose digest stands in the audit chain',
    permission: 'statements.get',
    params: z.object({ statementId: idSchema }),
    response: z.object({ digest: z.string(), closedAt: at, statement: statementSchema }),
    run: (ctx, { params }) => getStatement(ctx, params),
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/prices',
    operationId: 'listPrices',
    summary: 'The price book as a member sees it',
    permission: 'prices.list',
    params: ofProject,
    query: z.object({
      filter: z.enum(['current', 'coming', 'ended', 'all']).default('current'),
      search: z.string().trim().max(200).optional(),
      page: z.coerce.number().int().min(1).max(100_000).default(1),
      pageSize: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ currency, prices: z.array(price), total: z.int() }),
    run: async (ctx, { params, query }) => {
      const { page, ...found } = await listPrices(ctx, { ...params, ...query });
      return { currency: found.currency, prices: page.rows, total: page.total };
    },
  }),
  restRoute({
    method: 'get',
    path: '/projects/{projectId}/prices/csv',
    operationId: 'exportPrices',
    summary: 'The whole price book as CSV, as the console imports it',
    permission: 'prices.export',
    params: ofProject,
    response: z.object({ csv: z.string() }),
    run: (ctx, { params }) => exportPrices(ctx, params),
  }),
];
