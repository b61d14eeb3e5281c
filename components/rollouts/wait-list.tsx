'use client';

import { Hourglass } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Blocker } from '../../domain/refusal.ts';
import { classNames } from '../ui/class-names.ts';
import { Link } from '../ui/link.tsx';
import { type Tone, toneClasses } from '../ui/tone.ts';
import { ServiceCountdown, ServiceMoment } from './service-clock.tsx';
import { blockerTone, ownerText } from './wait-words.ts';

type Props = {
  readonly blockers: readonly Blocker[];
  readonly title?: string | undefined;
  readonly action?: ReactNode | undefined;
};

/** Why it waits, who can change it, until when; the first blocker leads, the others follow below it. */
export function WaitList({ blockers, title = 'Why is it waiting?', action }: Props) {
  const [first, ...others] = blockers;
  if (first === undefined) return null;
  const tone: Tone = blockerTone(first);
  return (
    <section aria-label={title} className={classNames('rounded-lg border px-4 py-3', toneClasses[tone].box)}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-3">
        <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="font-medium text-xs">{title}</h2>
          <p className="font-medium text-base text-ink">{first.message}</p>
          <WaitFacts blocker={first} />
          {others.length > 0 && (
            <ul className="mt-2 flex flex-col gap-1.5 border-line border-t pt-2">
              {others.map((blocker) => (
                <li key={`${blocker.code} ${blocker.message}`} className="text-ink">
                  {blocker.message}
                  <WaitFacts blocker={blocker} />
                </li>
              ))}
            </ul>
          )}
        </div>
        {action}
      </div>
    </section>
  );
}

export function WaitFacts({ blocker }: { blocker: Blocker }) {
  const { budgetId } = blocker.params;
  return (
    <p className="flex flex-wrap gap-x-3 text-ink-muted text-xs">
      <span>
        Who can change it: <span className="text-ink">{ownerText(blocker)}</span>
      </span>
      <span>
        {blocker.until === null ? (
          'No time limit'
        ) : (
          <>
            Until <ServiceMoment at={blocker.until} />, in{' '}
            <span className="text-ink">
              <ServiceCountdown until={blocker.until} doneLabel="a moment" />
            </span>
          </>
        )}
      </span>
      {blocker.fix !== null && <span className="basis-full">{blocker.fix}</span>}
      {typeof budgetId === 'string' && (
        <Link href={`/budgets/${budgetId}`} className="underline">
          Open the budget
        </Link>
      )}
    </p>
  );
}
