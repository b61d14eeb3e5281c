import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

type KeyValue = { key?: string | undefined; label: string; value: ReactNode; hint?: ReactNode | undefined };

const columnLook = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 lg:grid-cols-3' };

type KeyValueListProps = { items: readonly KeyValue[]; columns?: 1 | 2 | 3 | undefined };

export function KeyValueList({ items, columns = 1 }: KeyValueListProps) {
  return (
    <dl className={classNames('grid grid-cols-1 gap-x-8', columnLook[columns])}>
      {items.map((item) => (
        <div
          key={item.key ?? item.label}
          className="grid min-h-row grid-cols-[clamp(6rem,32%,11rem)_minmax(0,1fr)] items-baseline gap-3 border-line border-b py-1.5 last:border-b-0"
        >
          <dt className="text-ink-muted">{item.label}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">
            {item.value}
            {item.hint !== undefined && <div className="text-ink-muted text-xs">{item.hint}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
