'use client';

import { Plus, Trash2 } from 'lucide-react';
import { type Role, roles } from '../../domain/permission.ts';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { ProvingFields } from './proving-fields.tsx';
import { newRule, type RuleDraft, type RulesDraft } from './rules-draft.ts';

type Props = { readonly draft: RulesDraft; readonly onChange: (draft: RulesDraft) => void };

/** Rules, different people, conditions and expiry. */
export function RulesForm({ draft, onChange }: Props) {
  const set = (part: Partial<RulesDraft>) => onChange({ ...draft, ...part });
  return (
    <div className="flex flex-col gap-5">
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-2 font-medium">Who has to sign</legend>
        {draft.rules.length === 0 && (
          <p className="text-ink-muted">
            No rule: nobody has to sign, and a rollout starts as soon as it is asked for.
          </p>
        )}
        {draft.rules.map((rule, index) => (
          <RuleRow
            key={rule.key}
            rule={rule}
            index={index}
            onChange={(next) => set({ rules: draft.rules.with(index, next) })}
            onRemove={() => set({ rules: draft.rules.filter((_, other) => other !== index) })}
          />
        ))}
        <div>
          <Button
            size="small"
            icon={Plus}
            disabledReason={draft.rules.length >= 10 ? 'A policy has at most 10 rules.' : undefined}
            onClick={() => set({ rules: [...draft.rules, newRule(draft.rules)] })}
          >
            Add a rule
          </Button>
        </div>
      </fieldset>
      <FormGrid>
        <TextField
          label="Different people over all rules"
          inputMode="numeric"
          value={draft.people}
          hint="One person may satisfy several rules but counts once here."
          onChange={(event) => set({ people: event.currentTarget.value })}
        />
        <TextField
          label="A request expires after"
          suffix="days"
          inputMode="decimal"
          value={draft.expiresAfterDays}
          onChange={(event) => set({ expiresAfterDays: event.currentTarget.value })}
        />
      </FormGrid>
      <Conditions draft={draft} onChange={onChange} />
      <ProvingFields rules={draft.provenIn} onChange={(provenIn) => set({ provenIn })} />
    </div>
  );
}

/** What has to hold beside the signatures. */
function Conditions({ draft, onChange }: Props) {
  const set = (part: Partial<RulesDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <SwitchField
        label="Nobody signs what they asked for"
        hint="By themselves or by a token of theirs."
        checked={draft.distinctFromRequester}
        onChange={(distinctFromRequester) => set({ distinctFromRequester })}
      />
      <SwitchField
        label="Nobody signs a version that they registered"
        hint="By themselves or by a token of theirs."
        checked={draft.distinctFromAuthor}
        onChange={(distinctFromAuthor) => set({ distinctFromAuthor })}
      />
      <SwitchField
        label="A request needs evidence that passes"
        hint="The newest evaluation report with bounds has to keep all of them."
        checked={draft.requiresPassingEvidence}
        onChange={(requiresPassingEvidence) => set({ requiresPassingEvidence })}
      />
      <SwitchField
        label="The bytes that run have to be checked"
        hint="By the digest of an image or by Fairlead's init step; what was only declared is refused."
        checked={draft.requiresCheckedBytes}
        onChange={(requiresCheckedBytes) => set({ requiresCheckedBytes })}
      />
    </>
  );
}

type RowProps = {
  readonly rule: RuleDraft;
  readonly index: number;
  readonly onChange: (rule: RuleDraft) => void;
  readonly onRemove: () => void;
};

function RuleRow({ rule, index, onChange, onRemove }: RowProps) {
  const toggle = (role: Role, isOn: boolean) =>
    onChange({ ...rule, roles: roles.filter((each) => (each === role ? isOn : rule.roles.includes(each))) });
  return (
    <div className="flex items-start gap-4 rounded-md border border-line bg-sunken p-3">
      <div className="w-20 shrink-0">
        <TextField
          label="People"
          aria-label={`People of rule ${index + 1}`}
          inputMode="numeric"
          value={rule.minimum}
          onChange={(event) => onChange({ ...rule, minimum: event.currentTarget.value })}
        />
      </div>
      <fieldset className="min-w-0 flex-1">
        <legend className="mb-2 font-medium">with one of the roles</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-2">
          {roles.map((role) => (
            <CheckboxField
              key={role}
              label={role}
              checked={rule.roles.includes(role)}
              onChange={(event) => toggle(role, event.currentTarget.checked)}
            />
          ))}
        </div>
      </fieldset>
      <IconButton label={`Remove rule ${index + 1}`} icon={Trash2} onClick={onRemove} />
    </div>
  );
}
