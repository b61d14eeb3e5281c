import { type Refusal, refusal } from '../refusal.ts';
import type { BudgetScope, BudgetUnit } from './budget-schema.ts';
import { contains } from './scope.ts';

/** What a unit counts, in words. */
const unitWords: Readonly<Record<BudgetUnit, string>> = { gpuHours: 'GPU-hours', currency: 'money' };

export type Placed = {
  readonly id: string;
  readonly name: string;
  readonly projectId: string | null;
  readonly parentId: string | null;
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  readonly closedAt: Date | null;
};

/** Why a budget cannot stand under this parent, or null; `above` holds the parent and everything over it. */
export function parentRefusal(child: Placed, parent: Placed, above: readonly Placed[]): Refusal | null {
  const no = (message: string, fix: string) =>
    refusal({ code: 'invalidInput', message, params: { field: 'parentId' }, fix });
  if (above.some(({ id }) => id === child.id))
    return no(
      `"${parent.name}" stands under "${child.name}" itself, so the two would run in a circle.`,
      'Choose a parent that does not stand under this budget.',
    );
  if (parent.closedAt !== null)
    return no(`"${parent.name}" is closed.`, 'Choose a budget that is open, or none.');
  if (parent.unit !== child.unit)
    return no(
      `"${parent.name}" counts ${unitWords[parent.unit]} and this budget counts ${unitWords[child.unit]}.`,
      'A parent counts in the same unit as its children.',
    );
  if (!contains(parent.scope, child.scope))
    return no(
      `This budget counts something that "${parent.name}" does not.`,
      'Narrow what it counts until all of it lies inside the parent, or choose another parent.',
    );
  return null;
}
