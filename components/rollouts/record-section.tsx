import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Count } from '../ui/count.tsx';

type Props = {
  readonly title: string;
  readonly count?: number | undefined;
  readonly isOpen?: boolean | undefined;
  /** Tables reach the edges. */
  readonly flush?: boolean | undefined;
  readonly children: ReactNode;
};

/** One part of a record, which can be folded. */
export function RecordSection({ title, count, isOpen = true, flush, children }: Props) {
  return (
    <details open={isOpen} className="group border-line border-b last:border-b-0">
      <summary className="flex cursor-pointer list-none items-center gap-1.5 px-4 py-2.5 font-medium hover:bg-sunken focus-visible:-outline-offset-2">
        <ChevronRight aria-hidden className="size-4 text-ink-faint group-open:rotate-90" />
        <h3>{title}</h3>
        {count !== undefined && <Count value={count} />}
      </summary>
      <div className={flush ? undefined : 'px-4 pb-4'}>{children}</div>
    </details>
  );
}

/** In the place of a part that is not there. */
export function MissingPart({ why }: { why: string }) {
  return <p className="px-4 pb-3 text-ink-muted">{why}</p>;
}
