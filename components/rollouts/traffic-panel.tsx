'use client';

import { countText } from '../../domain/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { WeightBar } from '../ui/weight-bar.tsx';
import { measuredWeights, weightSegments } from './prepare-weights.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { hasEnded } from './rollout-words.ts';
import { ServiceMoment } from './service-clock.tsx';

/** Desired, requested, accepted and measured shares under each other, each with its time. */
export function TrafficPanel({ rollout }: { rollout: RolloutDetail }) {
  const { status, from, to } = rollout;
  const arms = { stable: from?.number ?? null, canary: to.number };
  if (status === null)
    return (
      <Panel title="Traffic">
        <p className="text-ink-muted">The worker has not looked at this rollout yet.</p>
      </Panel>
    );
  const { serving, measured } = status;
  const total = measured.nCanary + measured.nStable;
  const accepted = serving.accepted ? weightSegments(serving.requested, arms) : [];
  return (
    <Panel title="Traffic" actions={!serving.fresh && <Status tone="warn" label="Last known, not live" />}>
      <WeightBar
        label="Traffic by revision"
        rows={[
          {
            label: 'Desired',
            note: `generation ${rollout.generation}`,
            segments: weightSegments(serving.desired, arms),
          },
          {
            label: 'Requested',
            note: <When at={status.requestedAt} words="in the route, since" none="no route yet" />,
            segments: weightSegments(serving.requested, arms),
          },
          {
            label: 'Accepted',
            note: (
              <When
                at={status.acceptedAt}
                words="by the gateway at"
                none={accepted.length > 0 ? 'by the gateway' : 'not yet'}
              />
            ),
            segments: accepted,
          },
          {
            label: 'Measured',
            note:
              total === 0 ? (
                'no requests measured yet'
              ) : (
                <>
                  {countText(total)} requests,{' '}
                  <When at={status.effectiveAt} words="agrees since" none="does not agree yet" />
                </>
              ),
            segments: weightSegments(measuredWeights(measured, arms), arms),
          },
        ]}
      />
      {!hasEnded(rollout) && <Pods rollout={rollout} />}
    </Panel>
  );
}

function When({ at, words, none }: { at: string | null; words: string; none: string }) {
  return at === null ? (
    none
  ) : (
    <>
      {words} <ServiceMoment at={at} />
    </>
  );
}

function Pods({ rollout }: { rollout: RolloutDetail }) {
  const revisions = rollout.status?.serving.revisions ?? [];
  if (revisions.length === 0) return null;
  return (
    <ul className="mt-4 flex flex-col gap-1 border-line border-t pt-3 text-xs">
      {revisions.map((revision) => (
        <li key={revision.number} className="flex items-center justify-between gap-4">
          <span className="text-ink-muted">
            Revision {revision.number}
            {!revision.wanted && ', being taken away'}
          </span>
          <Status
            tone={revision.ready ? 'ok' : revision.wanted ? 'progress' : 'neutral'}
            label={`${revision.readyReplicas} of ${revision.desiredReplicas} pods ready`}
          />
        </li>
      ))}
    </ul>
  );
}
