import type { ReactNode } from 'react';

type ActionBarProps = { label?: string | undefined; children: ReactNode };

/** Always in the same corner and always with the same buttons: blocked ones stay and say why. */
export function ActionBar({ label = 'Actions', children }: ActionBarProps) {
  return (
    <div
      role="group"
      aria-label={label}
      className="flex flex-wrap items-center gap-2 max-sm:grid max-sm:w-full max-sm:grid-cols-2"
    >
      {children}
    </div>
  );
}
