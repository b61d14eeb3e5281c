import { type Blocker, blocker } from '../refusal.ts';
import type { Capped } from './frozen-serving.ts';

export type FrozenBy = {
  readonly budgetId: string;
  readonly budgetName: string;
  /** Null for a budget of the instance. */
  readonly budgetProjectId: string | null;
};

function cappedText({ number, wanted, most }: Capped): string {
  return `revision ${number} stays at ${most} of ${wanted} replicas`;
}

/** What a service whose environment is frozen waits for: budget by budget, with what is kept small by it. */
export function freezeBlockers(frozenBy: readonly FrozenBy[], capped: readonly Capped[]): Blocker[] {
  const kept = capped.length === 0 ? 'nothing shrinks' : capped.map(cappedText).join(', ');
  return frozenBy.map(({ budgetId, budgetName, budgetProjectId }) =>
    blocker({
      code: 'frozen',
      message: `The budget "${budgetName}" is spent, so nothing grows here: ${kept}.`,
      params: budgetProjectId === null ? { budget: budgetName } : { budget: budgetName, budgetId },
      owner: "the budget's owner",
      fix: 'Ask for more budget, or wait for its next period. A roll back is never held up.',
    }),
  );
}
