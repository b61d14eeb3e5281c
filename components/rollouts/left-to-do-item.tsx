import type { ReactNode } from 'react';

/** One thing that is left to do, with what does it beside it. */
export function Item({ action, children }: { action?: ReactNode; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
      <div className="min-w-0 flex-1 basis-72">{children}</div>
      {action !== undefined && <div className="flex flex-wrap gap-2">{action}</div>}
    </li>
  );
}
