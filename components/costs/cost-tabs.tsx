'use client';

import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { LinkTabs } from '../ui/tabs.tsx';

export type CostTab = 'project' | 'instance' | 'statements' | 'unallocated';

/** The rooms of the costs; those of the instance only for whoever may see them. */
export function CostTabs({ current }: { current: CostTab }) {
  const { viewer } = useProject();
  const mayInstance = permissionReason('instanceCosts.read', viewer) === undefined;
  return (
    <LinkTabs
      label="Costs"
      current={current}
      items={[
        { key: 'project', label: 'This project', href: '/costs' },
        ...(mayInstance ? [{ key: 'instance', label: 'The instance', href: '/costs?scope=instance' }] : []),
        { key: 'statements', label: 'Statements', href: '/costs/statements' },
        ...(mayInstance ? [{ key: 'unallocated', label: 'Unallocated', href: '/costs/unallocated' }] : []),
      ]}
    />
  );
}
