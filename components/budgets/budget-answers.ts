import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
type BudgetList = Answers['budgets']['list'];
export type BudgetRow = BudgetList['budgets'][number];
export type BudgetAbove = BudgetList['above'][number];
export type BudgetAnswer = Answers['budgets']['get'];
export type BudgetDetail = BudgetAnswer['budget'];
export type BudgetMovement = BudgetAnswer['movements'][number];
export type BudgetSeries = Answers['budgets']['series'];
/** Whose budget it is: the one decides which procedures read and change it. */
export type BudgetOwner = 'project' | 'instance';
