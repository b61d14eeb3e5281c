'use client';

import type { Role } from '../../domain/permission.ts';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { roleWords } from './role-words.ts';

type Props<Choice extends Role> = {
  readonly label: string;
  readonly options: readonly Choice[];
  readonly chosen: readonly Choice[];
  readonly onChange: (chosen: Choice[]) => void;
};

/** Roles to tick, each with what it may do; the order is that of the options. */
export function RoleChoice<Choice extends Role>({ label, options, chosen, onChange }: Props<Choice>) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{label}</legend>
      {options.map((role) => (
        <CheckboxField
          key={role}
          label={role}
          hint={roleWords[role]}
          checked={chosen.includes(role)}
          onChange={(event) =>
            onChange(
              options.filter((each) => (each === role ? event.currentTarget.checked : chosen.includes(each))),
            )
          }
        />
      ))}
    </fieldset>
  );
}
