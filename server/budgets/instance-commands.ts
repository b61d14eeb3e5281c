import { command } from '../command.ts';
import { closedBudget, createdBudget, setBudgetBase, updatedBudget } from './change.ts';
import { closeSchema, createSchema, setBaseSchema, updateSchema } from './input.ts';

export const createInstanceBudget = command(
  { permission: 'instanceBudgets.create', schema: createSchema, project: 'instance' },
  (run) => createdBudget(run, null),
);

export const updateInstanceBudget = command(
  { permission: 'instanceBudgets.update', schema: updateSchema, project: 'instance' },
  (run) => updatedBudget(run, null),
);

export const setInstanceBase = command(
  { permission: 'instanceBudgets.setBase', schema: setBaseSchema, project: 'instance' },
  (run) => setBudgetBase(run, null),
);

export const closeInstanceBudget = command(
  { permission: 'instanceBudgets.close', schema: closeSchema, project: 'instance' },
  (run) => closedBudget(run, null),
);
