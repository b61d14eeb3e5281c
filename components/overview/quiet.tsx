import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';

/** Nothing to do here, said calmly and without the room of an empty page. */
export function Quiet({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 px-4 py-3.5 text-ink-muted">
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <span>{children}</span>
    </p>
  );
}
