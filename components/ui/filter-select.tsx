'use client';

import { parseAsString, useQueryStates } from 'nuqs';
import { NativeSelect, type Option } from './native-select.tsx';

type FilterSelectProps = {
  label: string;
  param: string;
  options: readonly Option[];
  allLabel?: string | undefined;
};

export function FilterSelect({ label, param, options, allLabel = 'All' }: FilterSelectProps) {
  const [values, setValues] = useQueryStates(
    { [param]: parseAsString.withDefault(''), page: parseAsString },
    { shallow: false, history: 'push' },
  );
  return (
    <label className="flex items-center gap-2">
      <span className="text-ink-muted text-xs">{label}</span>
      <NativeSelect
        options={options}
        placeholder={allLabel}
        value={values[param] ?? ''}
        onChange={(event) => void setValues({ [param]: event.currentTarget.value || null, page: null })}
      />
    </label>
  );
}
