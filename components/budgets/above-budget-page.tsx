'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { amountText } from '../../domain/budget/budget-words.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { AskInstance } from './ask-instance.tsx';
import { BudgetBar } from './budget-bar.tsx';
import { RequestsPanel } from './requests-panel.tsx';

/** A budget of the instance as members of a project see it: four figures and nothing else. */
export function AboveBudgetPage({ budgetId }: { budgetId: string }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.budgets.list.queryOptions({ projectId }),
    refetchInterval: 60_000,
  });
  const asked = useSuspenseQuery({
    ...trpc.budgets.asked.queryOptions({ projectId, budgetId }),
    refetchInterval: 60_000,
  });
  const found = data.above.find(({ id }) => id === budgetId);
  if (found === undefined) return null;
  const measure = { unit: found.unit, currency: data.currency };
  const text = (amount: bigint | null) => (amount === null ? '–' : amountText(amount, measure));
  return (
    <Page>
      <PageHeader
        title={found.name}
        back={{ href: '/budgets', label: 'Budgets' }}
        description="A budget of the instance that counts this project too. Its details belong to the instance admins."
        actions={
          <AskInstance
            budget={found}
            currency={data.currency}
            disabledReason={reasonOf(asked.data.refusal)}
          />
        }
      />
      <StatRow>
        <Stat label="Amount" value={text(found.amount)} />
        <Stat label="Spent" value={text(found.actual)} />
        <Stat label="Held by rollouts" value={text(found.held)} />
        <Stat label="Available" value={text(found.available)} />
      </StatRow>
      <Panel title="Spent and held">
        <BudgetBar figures={found} measure={measure} label={found.name} />
      </Panel>
      <RequestsPanel budgetId={budgetId} requests={asked.data.requests} measure={measure} />
    </Page>
  );
}
