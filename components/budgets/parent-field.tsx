'use client';

import { useQuery } from '@tanstack/react-query';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { SelectField } from '../ui/select-field.tsx';
import type { BudgetOwner } from './budget-answers.ts';

type Props = {
  readonly value: string | null;
  readonly owner: BudgetOwner;
  /** The budget itself, which cannot stand under itself. */
  readonly without: string | null;
  readonly onChange: (parentId: string | null) => void;
};

/** The budget above: one of the project or of the instance that counts all of it. */
export function ParentField({ value, owner, without, onChange }: Props) {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const ofProject = useQuery({
    ...trpc.budgets.list.queryOptions({ projectId }),
    enabled: owner === 'project',
  });
  const ofInstance = useQuery({
    ...trpc.instanceBudgets.list.queryOptions({}),
    enabled: owner === 'instance' && permissionReason('instanceBudgets.list', viewer) === undefined,
  });
  const rows =
    owner === 'project'
      ? [...(ofProject.data?.budgets ?? []), ...(ofProject.data?.above ?? [])]
      : (ofInstance.data?.budgets ?? []);
  return (
    <SelectField
      label="Stands under"
      required={false}
      hint="A rollout has to fit into the budget above as well; all that this one counts lies inside it."
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
      options={[
        { value: '', label: 'no other budget' },
        ...rows.filter(({ id }) => id !== without).map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
