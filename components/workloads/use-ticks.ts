import { useState } from 'react';
import type { WorkloadRow } from './workload-answers.ts';
import { workloadKey } from './workload-filter.ts';

/** Which workloads are ticked, by kind and name, so that a new look keeps them. */
export function useTicks(workloads: readonly WorkloadRow[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const isTicked = (row: WorkloadRow) => ticked.has(workloadKey(row));
  const tick = (rows: readonly WorkloadRow[], on: boolean) =>
    setTicked((present) => {
      const next = new Set(present);
      for (const row of rows)
        if (on && row.refusal === null) next.add(workloadKey(row));
        else next.delete(workloadKey(row));
      return next;
    });
  const chosen = workloads.filter((row) => row.refusal === null && isTicked(row));
  return { chosen, isTicked, tick, clear: () => setTicked(new Set()) };
}
