import { managerText } from '../../domain/workload-manager.ts';
import type { WorkloadRow } from './workload-answers.ts';

export type WorkloadFilter = {
  readonly search: string | undefined;
  readonly kind: string | undefined;
  readonly manager: string | undefined;
};

export function workloadKey({ ref }: Pick<WorkloadRow, 'ref'>): string {
  return `${ref.kind}/${ref.name}`;
}

/** Workloads whose name, image, digest, manager or route holds the search, of that kind and manager. */
export function matchingWorkloads(
  rows: readonly WorkloadRow[],
  { search, kind, manager }: WorkloadFilter,
): WorkloadRow[] {
  const wanted = (search ?? '').trim().toLowerCase();
  return rows.filter((row) => {
    if (kind !== undefined && row.ref.kind !== kind) return false;
    if (manager !== undefined && row.manager.kind !== manager) return false;
    const digests = row.images.map(({ digest }) => digest);
    const texts = [
      row.ref.name,
      row.image ?? '',
      managerText(row.manager),
      row.route?.name ?? '',
      ...digests,
    ];
    return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
  });
}
