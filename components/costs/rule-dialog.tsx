'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { roleWord } from '../../domain/ledger/group-words.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { Unallocated, UnallocatedOwner } from './cost-answers.ts';
import { costText, gpuHoursText } from './cost-words.ts';

type Props = {
  readonly owner: UnallocatedOwner;
  readonly projects: Unallocated['projects'];
  readonly since: Date;
  readonly onClose: () => void;
};

const roles = ['training', 'batch', 'dev', 'stable'] as const;
type Role = (typeof roles)[number];

/** Makes the rule that gives an owner, or its whole namespace, to a project, with what that would have moved. */
export function RuleDialog({ owner, projects, since, onClose }: Props) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="large"
      title={`Give pods of ${owner.namespace} to a project`}
      description="Hours that are sealed already are looked at again from the day on; those of closed months become corrections."
    >
      <RuleForm owner={owner} projects={projects} since={since} onClose={onClose} />
    </Dialog>
  );
}

type Draft = {
  readonly reach: 'namespace' | 'owner';
  readonly projectId: string;
  readonly role: Role | '';
  readonly day: string;
};

/** Null while a project or a day is missing. */
function ruleOf(owner: UnallocatedOwner, { reach, projectId, role, day }: Draft): Rule | null {
  const validFrom = dayOf(day);
  if (validFrom === null || projectId === '') return null;
  const owned = reach === 'owner' && owner.owner !== null ? owner.owner : { kind: '*', name: '*' };
  return {
    clusterId: owner.clusterId,
    namespace: owner.namespace,
    ownerKind: owned.kind,
    ownerName: owned.name,
    projectId,
    role: role === '' ? null : role,
    validFrom,
  };
}

function RuleForm({ owner, projects, since, onClose }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState<Draft>({
    reach: 'namespace',
    projectId: owner.proposedProjectId ?? '',
    role: '',
    day: since.toISOString().slice(0, 10),
  });
  const create = useCommand((extra) => trpc.attribution.create.mutationOptions(extra), { onDone: onClose });
  const rule = ruleOf(owner, draft);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (rule !== null) create.run(rule);
      }}
    >
      <RuleFields
        owner={owner}
        projects={projects}
        draft={draft}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      {rule !== null && <RulePreview rule={rule} projects={projects} />}
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy}
          disabledReason={rule === null ? 'Choose a project and a day.' : undefined}
        >
          Make the rule
        </Button>
      </FormActions>
    </form>
  );
}

type FieldsProps = Pick<Props, 'owner' | 'projects'> & {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
};

function RuleFields({ owner, projects, draft, onChange }: FieldsProps) {
  return (
    <>
      {owner.owner !== null && (
        <SelectField
          label="Which pods"
          value={draft.reach}
          options={[
            { value: 'namespace', label: `All of the namespace ${owner.namespace}` },
            { value: 'owner', label: `Those of ${owner.owner.kind} ${owner.owner.name}` },
          ]}
          onChange={(event) =>
            onChange({ reach: event.currentTarget.value === 'owner' ? 'owner' : 'namespace' })
          }
        />
      )}
      <SelectField
        label="Project"
        required
        placeholder="Choose one"
        value={draft.projectId}
        options={projects.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => onChange({ projectId: event.currentTarget.value })}
      />
      <SelectField
        label="Role in costs"
        placeholder="By owner: a job is batch, a run is training, the rest development"
        value={draft.role}
        options={roles.map((value) => ({ value, label: roleWord(value) }))}
        onChange={(event) =>
          onChange({ role: roles.find((each) => each === event.currentTarget.value) ?? '' })
        }
      />
      <TextField
        label="From"
        type="date"
        required
        hint="Midnight UTC of this day."
        error={dayOf(draft.day) === null ? 'This is no day.' : undefined}
        value={draft.day}
        onChange={(event) => onChange({ day: event.currentTarget.value })}
      />
    </>
  );
}

function dayOf(text: string): Date | null {
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

type Rule = {
  readonly clusterId: string;
  readonly namespace: string;
  readonly ownerKind: string;
  readonly ownerName: string;
  readonly projectId: string;
  readonly role: Role | null;
  readonly validFrom: Date;
};

function RulePreview({ rule, projects }: { rule: Rule; projects: Props['projects'] }) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.attribution.preview.queryOptions(rule));
  if (error !== null) return <Banner tone="bad" title={errorSentence(error)} />;
  if (data === undefined) return <Skeleton className="h-24 w-full" />;
  const { currency, pods, unallocated, project } = data;
  type Amounts = typeof data.moved;
  const change = ({ before, after }: { before: Amounts; after: Amounts }) =>
    `${gpuHoursText(before.milliGpuSeconds)} → ${gpuHoursText(after.milliGpuSeconds)} GPU-hours, ${costText(before.loadedNano, currency)} → ${costText(after.loadedNano, currency)}`;
  return (
    <section aria-label="What it would have moved in the last 30 days">
      <h3 className="font-medium">In the last 30 days</h3>
      <KeyValueList
        items={[
          { label: 'Pods', value: pods },
          {
            label: projects.find(({ id }) => id === rule.projectId)?.name ?? 'Project',
            value: change(project),
          },
          { label: 'Unallocated', value: change(unallocated) },
        ]}
      />
    </section>
  );
}
