'use client';

import { Search } from 'lucide-react';
import { debounce, parseAsString, useQueryStates } from 'nuqs';
import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';

type SearchInputProps = { label: string; placeholder?: string | undefined; param?: string | undefined };

/** Holds its text in the address and goes back to the first page; `/` puts the cursor here. */
export function SearchInput({ label, placeholder, param = 'q' }: SearchInputProps) {
  const [values, setValues] = useQueryStates(
    { [param]: parseAsString.withDefault(''), page: parseAsString },
    { shallow: false, history: 'replace' },
  );
  const handleChange = (text: string) =>
    void setValues(
      { [param]: text || null, page: null },
      { limitUrlUpdates: debounce(text === '' ? 0 : 250) },
    );
  return (
    <label className="relative block w-full font-normal text-sm sm:w-72">
      <span className="sr-only">{label}</span>
      <Search
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 size-4 text-ink-faint"
      />
      <input
        type="search"
        data-search
        value={values[param] ?? ''}
        placeholder={placeholder ?? label}
        onChange={(event) => handleChange(event.currentTarget.value)}
        className={classNames(controlLook, 'h-control pl-8')}
      />
    </label>
  );
}
