'use client';

import { Grid3x3, List } from 'lucide-react';
import { parseAsString, useQueryStates } from 'nuqs';
import { Segmented } from '../ui/segmented.tsx';
import type { ServiceView } from './service-view.ts';

/** Services by environment, or as a list; the address says which. */
export function ViewSwitch({ view }: { view: ServiceView }) {
  const [, setValues] = useQueryStates(
    { view: parseAsString, environment: parseAsString, page: parseAsString },
    { shallow: false, history: 'push' },
  );
  return (
    <Segmented
      label="Show services as"
      value={view}
      onChange={(next) => void setValues({ view: next, environment: null, page: null })}
      options={[
        { value: 'matrix', label: 'By environment', icon: Grid3x3 },
        { value: 'list', label: 'List', icon: List },
      ]}
    />
  );
}
