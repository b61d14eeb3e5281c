import { amountText } from '../../domain/budget/budget-words.ts';
import { countOf } from '../../domain/figure-text.ts';
import { Link } from '../ui/link.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Overview } from './overview-answers.ts';

/** What it costs, in one line: the budget that heads furthest, and how many head over. */
export function CostLine({ costs }: { costs: Overview['costs'] }) {
  const { total, headingOver, tightest, currency } = costs;
  if (total === 0)
    return (
      <p className="text-ink-muted">
        No budget limits what this project takes.{' '}
        <Link href="/budgets" className="text-accent hover:underline">
          Budgets
        </Link>
      </p>
    );
  if (tightest === null)
    return <p className="text-ink-muted">{countOf(total, 'budget')}, counted within a minute.</p>;
  const measure = { unit: tightest.unit, currency };
  const isOver = tightest.expected > tightest.amount;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Status
        tone={tightest.actual >= tightest.amount ? 'bad' : isOver ? 'warn' : 'ok'}
        label={tightest.actual >= tightest.amount ? 'Spent' : isOver ? 'Heads over' : 'Holds'}
      />
      <Link href={`/budgets/${tightest.id}`} className="text-accent hover:underline">
        {tightest.name}
      </Link>
      <span>
        {amountText(tightest.actual, measure)} of {amountText(tightest.amount, measure)} spent, heads for{' '}
        {amountText(tightest.expected, measure)}
        {tightest.exhaustedAt !== null && (
          <>
            , gone <ExactTime at={tightest.exhaustedAt} />
          </>
        )}
      </span>
      {total > 1 && (
        <Link href="/budgets" className="text-ink-muted hover:underline">
          {headingOver} of {total} budgets head over
        </Link>
      )}
    </p>
  );
}
