import { useTrpc } from '../trpc-provider.tsx';
import { useCommand } from '../use-command.ts';
import type { BudgetOwner } from './budget-answers.ts';

type Hooks = { readonly onSaved?: () => void; readonly onClosed?: () => void };

/** The same commands for budgets of a project and of the instance; each checks its own roles. */
export function useBudgetCommands(owner: BudgetOwner, { onSaved, onClosed }: Hooks = {}) {
  const trpc = useTrpc();
  const saved = { onDone: () => onSaved?.() };
  const closed = { onDone: () => onClosed?.() };
  const ofProject = {
    update: useCommand((extra) => trpc.budgets.update.mutationOptions(extra), saved),
    setBase: useCommand((extra) => trpc.budgets.setBase.mutationOptions(extra), saved),
    close: useCommand((extra) => trpc.budgets.close.mutationOptions(extra), closed),
  };
  const ofInstance = {
    update: useCommand((extra) => trpc.instanceBudgets.update.mutationOptions(extra), saved),
    setBase: useCommand((extra) => trpc.instanceBudgets.setBase.mutationOptions(extra), saved),
    close: useCommand((extra) => trpc.instanceBudgets.close.mutationOptions(extra), closed),
  };
  return owner === 'project' ? ofProject : ofInstance;
}
