'use client';

import type { ReactNode } from 'react';
import { toneClasses } from '../ui/tone.ts';
import { toneIcon } from '../ui/tone-icon.ts';
import { type Incident, noticedAfter, requestsHit, whatBroke } from './incident-words.ts';
import { LeftToDo } from './left-to-do.tsx';
import type { RolloutDetail } from './rollout-answers.ts';
import { hasEnded } from './rollout-words.ts';
import { ServiceMoment } from './service-clock.tsx';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = {
  readonly rollout: RolloutDetail;
  readonly incident: Incident;
  readonly commands: RolloutCommands;
};

/** What somebody who was woken must know, in this order: what broke, since when, who was hit, whether it is over, what is left. */
export function IncidentPanel({ rollout, incident, commands }: Props) {
  const { title, quote } = whatBroke(rollout);
  const tone = rollout.failure === null ? 'neutral' : 'bad';
  const Shape = toneIcon[tone];
  const hit = requestsHit(incident.served, rollout.to.number);
  return (
    <section aria-label="What happened" className="rounded-lg border border-line bg-surface shadow-panel">
      <div
        role={tone === 'bad' ? 'alert' : undefined}
        className={`flex items-start gap-3 rounded-t-lg border-b px-4 py-3 ${toneClasses[tone].box}`}
      >
        <Shape aria-hidden className="mt-1 size-4 shrink-0" />
        <div className="min-w-0">
          <h2 className="font-semibold text-base [overflow-wrap:anywhere]">{title}</h2>
          {quote !== null && <q className="text-ink-muted">{quote}</q>}
        </div>
      </div>
      <dl className="grid grid-cols-1 gap-x-8 px-4 lg:grid-cols-3">
        <Fact label="Since when">
          <SinceWhen incident={incident} />
        </Fact>
        <Fact label="Requests hit" detail={hit.detail}>
          {hit.title}
        </Fact>
        <Fact label="Traffic now">
          <TrafficNow rollout={rollout} incident={incident} />
        </Fact>
      </dl>
      {hasEnded(rollout) && <LeftToDo rollout={rollout} incident={incident} commands={commands} />}
    </section>
  );
}

function Fact({ label, detail, children }: { label: string; detail?: string; children: ReactNode }) {
  return (
    <div className="py-3">
      <dt className="text-ink-muted text-xs">{label}</dt>
      <dd className="min-w-0">
        <div className="font-medium">{children}</div>
        {detail !== undefined && <div className="text-ink-muted text-xs">{detail}</div>}
      </dd>
    </div>
  );
}

function SinceWhen({ incident }: { incident: Incident }) {
  const { served, orderedAt } = incident;
  const after = noticedAfter(incident);
  if (orderedAt === null) return 'Traffic is about to be sent back.';
  if (served.firstBadAt === null || after === null)
    return (
      <>
        Sent back at <ServiceMoment at={orderedAt} />.
      </>
    );
  return (
    <>
      First bad request from <ServiceMoment at={served.firstBadAt} /> on; sent back at{' '}
      <ServiceMoment at={orderedAt} />, {after} later.
    </>
  );
}

/** Says "measured" only of what was. */
function TrafficNow({ rollout, incident }: { rollout: RolloutDetail; incident: Incident }) {
  const { from, phase } = rollout;
  if (from === null)
    return hasEnded(rollout) ? 'Nothing serves now: it was the first revision.' : 'Nothing is to serve.';
  const isGoingBack = phase === 'rollingBack' || !hasEnded(rollout);
  const where = isGoingBack
    ? `Traffic goes back to revision ${from.number}.`
    : `All traffic is on revision ${from.number}.`;
  return (
    <>
      {incident.stableSince !== null ? (
        <p>
          Stable serves 100 % since <ServiceMoment at={incident.stableSince} /> (measured).
        </p>
      ) : (
        incident.weightOffAt !== null && (
          <p>
            The route sends 100 % to stable since <ServiceMoment at={incident.weightOffAt} />; not measured
            yet.
          </p>
        )
      )}
      <p className={incident.weightOffAt === null ? undefined : 'font-normal text-ink-muted text-xs'}>
        {where}
      </p>
    </>
  );
}
