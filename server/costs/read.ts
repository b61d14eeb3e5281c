import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { groupingsOfInstance } from '../../domain/ledger/cost-group.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { type CostFilter, isRange, rangeFields, rangeSentence } from '../rows/cost-filter.ts';
import { groupLabels } from '../rows/cost-group-labels.ts';
import { costSums } from '../rows/cost-sums.ts';
import { currencyOf } from '../rows/price-entries.ts';
import type { CostAmounts } from '../rows/sealed-costs.ts';
import { correctionsIn, cutsIn } from './corrections.ts';
import { sealing } from './sealing.ts';

async function answer(db: Queries, filter: CostFilter) {
  const { groups, days } = await costSums(db, filter);
  const names = [...groups, ...days].map(({ group }) => group);
  const label = await groupLabels(db, filter.groupBy, names);
  return {
    currency: await currencyOf(db),
    sealing: await sealing(db),
    corrections: await correctionsIn(db, filter),
    /** Nodes are the instance's to see. */
    cuts: filter.projectId === null ? await cutsIn(db, filter) : null,
    total: groups.reduce<CostAmounts>(sumOf, noAmounts),
    groups: groups.map((row) => ({ ...row, label: label(row.group) })),
    days: days.map((row) => ({ ...row, label: label(row.group) })),
  };
}

const noAmounts: CostAmounts = {
  milliGpuSeconds: 0n,
  loadedNano: 0n,
  openCostNano: 0n,
  unpriced: 0n,
  estimated: 0n,
};

function sumOf(left: CostAmounts, right: CostAmounts): CostAmounts {
  return {
    milliGpuSeconds: left.milliGpuSeconds + right.milliGpuSeconds,
    loadedNano: left.loadedNano + right.loadedNano,
    openCostNano: left.openCostNano + right.openCostNano,
    unpriced: left.unpriced + right.unpriced,
    estimated: left.estimated + right.estimated,
  };
}

/** What a project cost by day and group, sealed days and open hours as one; nodes are the instance's to see. */
export const readCosts = query(
  {
    permission: 'costs.read',
    schema: z
      .object({
        projectId: idSchema,
        ...rangeFields,
        groupBy: rangeFields.groupBy.exclude(groupingsOfInstance),
      })
      .refine(isRange, rangeSentence),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => await answer(db, { ...input, projectId }),
);

/** The same over all projects, with what belongs to the instance: idle, system, unobserved, unallocated. */
export const readInstanceCosts = query(
  {
    permission: 'instanceCosts.read',
    schema: z.object(rangeFields).refine(isRange, rangeSentence),
    project: 'instance',
  },
  async ({ db, input }) => await answer(db, { ...input, projectId: null }),
);
