import type { BudgetScope } from './budget-schema.ts';

const dimensions = ['projectId', 'environmentId', 'modelId', 'gpuProduct'] as const;

/** Whether everything that the child counts is counted by the parent too; a scope contains itself. */
export function contains(parent: BudgetScope, child: BudgetScope): boolean {
  return dimensions.every((key) => parent[key] === null || parent[key] === child[key]);
}

/** Whether something may be counted by both. */
export function overlaps(left: BudgetScope, right: BudgetScope): boolean {
  return dimensions.every((key) => left[key] === null || right[key] === null || left[key] === right[key]);
}
