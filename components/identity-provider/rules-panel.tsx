'use client';

import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { RowsEditor } from '../services/rows-editor.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';
import type { ProviderAnswer } from './provider-draft.ts';
import {
  type RuleDraft,
  rolesAt,
  rulesDraft,
  rulesOf,
  unfinishedRule,
  wholeInstance,
} from './rules-draft.ts';

type Props = { readonly answer: ProviderAnswer; readonly providerName: string };

/** What a group at the provider gives here. */
export function RulesPanel({ answer, providerName }: Props) {
  const trpc = useTrpc();
  const show = useToast();
  const { viewer } = useProject();
  const [drafts, setDrafts] = useState(rulesDraft(answer.rules));
  const save = useCommand((extra) => trpc.identityProvider.setRules.mutationOptions(extra), {
    onDone: () => show({ tone: 'ok', title: 'What groups give is saved' }),
  });
  return (
    <Panel
      title="What groups give"
      description={`Read at each sign-in through ${providerName}: roles by groups come and go with the groups, roles given by hand stay. Somebody whose groups give nothing is told so and stays out.`}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.run({ schema: 1, rules: rulesOf(drafts) });
        }}
      >
        <RowsEditor
          noun="rule"
          rows={drafts}
          fresh={{ group: '', where: answer.projects[0]?.id ?? wholeInstance, roles: ['viewer'] }}
          onChange={setDrafts}
        >
          {(row, set, number) => (
            <RuleFields row={row} set={set} number={number} projects={answer.projects} />
          )}
        </RowsEditor>
        {save.error !== null && <Banner tone="bad" title={save.error} />}
        <FormActions>
          <Button
            type="submit"
            variant="primary"
            busy={save.busy}
            disabledReason={permissionReason('identityProvider.setRules', viewer) ?? unfinishedRule(drafts)}
          >
            Save the rules
          </Button>
        </FormActions>
      </form>
    </Panel>
  );
}

type RowProps = {
  readonly row: RuleDraft;
  readonly set: (change: Partial<RuleDraft>) => void;
  readonly number: number;
  readonly projects: ProviderAnswer['projects'];
};

function RuleFields({ row, set, number, projects }: RowProps) {
  const toggle = (role: string, isOn: boolean) =>
    set({ roles: isOn ? [...row.roles, role] : row.roles.filter((each) => each !== role) });
  return (
    <>
      <TextField
        label={`Group ${number}`}
        mono
        autoComplete="off"
        value={row.group}
        onChange={(event) => set({ group: event.currentTarget.value })}
      />
      <SelectField
        label={`Where ${number}`}
        options={[
          ...projects.map(({ id, name }) => ({ value: id, label: name })),
          { value: wholeInstance, label: 'The whole instance' },
        ]}
        value={row.where}
        onChange={(event) => set({ where: event.currentTarget.value })}
      />
      <fieldset className="col-span-2 flex flex-wrap gap-x-4 gap-y-1">
        <legend className="mb-1 font-medium">Roles {number}</legend>
        {rolesAt(row.where).map((role) => (
          <CheckboxField
            key={role}
            label={role}
            checked={row.roles.includes(role)}
            onChange={(event) => toggle(role, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
    </>
  );
}
