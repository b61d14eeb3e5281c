import { idSchema } from '../../domain/name.ts';
import { command } from '../command.ts';
import { closedBudget, createdBudget, setBudgetBase, updatedBudget } from './change.ts';
import { closeSchema, createSchema, setBaseSchema, updateSchema } from './input.ts';
import { budgetProject } from './lock.ts';

export const createBudget = command(
  {
    permission: 'budgets.create',
    schema: createSchema.extend({ projectId: idSchema }),
    project: (_tx, input) => input.projectId,
  },
  (run) => createdBudget(run, run.projectId),
);

export const updateBudget = command(
  { permission: 'budgets.update', schema: updateSchema, project: budgetProject },
  (run) => updatedBudget(run, run.projectId),
);

export const setBase = command(
  { permission: 'budgets.setBase', schema: setBaseSchema, project: budgetProject },
  (run) => setBudgetBase(run, run.projectId),
);

export const closeBudget = command(
  { permission: 'budgets.close', schema: closeSchema, project: budgetProject },
  (run) => closedBudget(run, run.projectId),
);
