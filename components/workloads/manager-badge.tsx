import type { WorkloadManager } from '../../domain/adoption.ts';
import { managerText } from '../../domain/workload-manager.ts';
import { Badge } from '../ui/badge.tsx';

/** Who keeps writing a workload; hovering says which mark told so. */
export function ManagerBadge({ manager }: { manager: WorkloadManager }) {
  if (manager.kind === 'none') return <span className="text-ink-faint">nobody known</span>;
  return <Badge title={manager.detail ?? undefined}>{managerText(manager)}</Badge>;
}
