import { classNames } from './class-names.ts';

type CountProps = { value: number; strong?: boolean | undefined };

/** A small number beside a word; above 999 it stops counting, because nobody reads it then. */
export function Count({ value, strong }: CountProps) {
  return (
    <span
      className={classNames(
        'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-full px-1.5 font-medium text-2xs',
        strong ? 'bg-accent-fill text-accent-ink' : 'bg-neutral-surface text-neutral',
      )}
    >
      {value > 999 ? '999+' : value}
    </span>
  );
}
