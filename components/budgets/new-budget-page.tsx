'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { useCommand } from '../use-command.ts';
import type { BudgetOwner } from './budget-answers.ts';
import { budgetInput, emptyBudget, missingPart, type NewBudget } from './new-budget-draft.ts';
import { AmountFields, CountsFields } from './new-budget-fields.tsx';

/** A new budget of the project, or of the instance; it leads to its page. */
export function NewBudgetPage({ owner }: { owner: BudgetOwner }) {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId, viewer } = useProject();
  const [draft, setDraft] = useState<NewBudget>(emptyBudget);
  const { data } = useQuery(trpc.budgets.list.queryOptions({ projectId }));
  const currency = data?.currency ?? null;
  const onDone = ({ budgetId }: { budgetId: string }) => router.push(`/budgets/${budgetId}`);
  const ofProject = useCommand((extra) => trpc.budgets.create.mutationOptions(extra), { onDone });
  const ofInstance = useCommand((extra) => trpc.instanceBudgets.create.mutationOptions(extra), { onDone });
  const isInstance = owner === 'instance';
  const command = isInstance ? ofInstance : ofProject;
  const reason = permissionReason(isInstance ? 'instanceBudgets.create' : 'budgets.create', viewer);
  const set = (change: Partial<NewBudget>) => setDraft({ ...draft, ...change });
  return (
    <Page>
      <PageHeader
        title={isInstance ? 'New budget of the instance' : 'New budget'}
        crumb="New"
        back={{ href: '/budgets', label: 'Budgets' }}
      />
      <form
        className="flex max-w-3xl flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (isInstance) ofInstance.run(budgetInput(draft, null, currency));
          else ofProject.run({ projectId, ...budgetInput(draft, projectId, currency) });
        }}
      >
        <CountsFields draft={draft} set={set} owner={owner} />
        <AmountFields draft={draft} set={set} owner={owner} currency={currency} />
        {command.error !== null && <Banner tone="bad" title={command.error} />}
        <FormActions>
          <ButtonLink href="/budgets">Cancel</ButtonLink>
          <Button
            type="submit"
            variant="primary"
            busy={command.busy}
            disabledReason={reason ?? missingPart(draft)}
          >
            Create the budget
          </Button>
        </FormActions>
      </form>
    </Page>
  );
}
