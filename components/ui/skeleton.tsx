import { classNames } from './class-names.ts';

export function Skeleton({ className = 'h-4 w-full' }: { className?: string | undefined }) {
  return (
    <span
      aria-hidden
      className={classNames('block animate-breathe rounded-sm bg-neutral-surface', className)}
    />
  );
}

/** Keeps the exact height of the rows to come, so that nothing jumps. */
export function SkeletonRows({
  rows = 5,
  columns = 4,
}: {
  rows?: number | undefined;
  columns?: number | undefined;
}) {
  return (
    <div role="status" aria-label="Loading">
      <div className="h-8 border-line border-b bg-sunken" />
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-row items-center gap-6 border-line border-b px-4 last:border-b-0">
          {Array.from({ length: columns }, (_, column) => (
            <Skeleton key={column} className={column === 0 ? 'h-3 w-1/4' : 'h-3 w-1/6'} />
          ))}
        </div>
      ))}
    </div>
  );
}
