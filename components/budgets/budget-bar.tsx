import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import { classNames } from '../ui/class-names.ts';

type Figures = {
  readonly amount: bigint;
  readonly actual: bigint | null;
  readonly held: bigint;
};
type Props = { readonly figures: Figures; readonly measure: Measure; readonly label: string };

function share(part: bigint, whole: bigint): number {
  if (whole <= 0n) return part > 0n ? 100 : 0;
  return Math.min(100, Number((part * 10_000n) / whole) / 100);
}

/** Spent, then held, of the amount; over it the whole bar is red. */
export function BudgetBar({ figures, measure, label }: Props) {
  const { amount, held } = figures;
  const actual = figures.actual ?? 0n;
  const isOver = actual >= amount;
  const spent = share(actual, amount);
  const text = `${label}: ${amountText(actual, measure)} spent and ${amountText(held, measure)} held of ${amountText(amount, measure)}`;
  return (
    <div
      role="img"
      aria-label={text}
      className="flex h-1.5 w-full min-w-24 overflow-hidden rounded-full bg-neutral-surface"
    >
      <div className={classNames('h-full', isOver ? 'bg-bad' : 'bg-info')} style={{ width: `${spent}%` }} />
      <div className="h-full bg-warn" style={{ width: `${Math.min(100 - spent, share(held, amount))}%` }} />
    </div>
  );
}
