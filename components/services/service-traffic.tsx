import { weightSegments } from '../rollouts/prepare-weights.ts';
import { ServiceTime } from '../rollouts/service-clock.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { WeightBar } from '../ui/weight-bar.tsx';
import { scalingText } from './scaling-text.ts';
import type { ServiceDetail } from './service-answers.ts';

/** Desired against observed: shares in the route and pods per revision. */
export function ServiceTraffic({ service }: { service: ServiceDetail }) {
  const { status, stable, activeRollout } = service;
  if (status === null)
    return (
      <Panel title="Desired and observed">
        <p className="text-ink-muted">The worker has not looked at this service yet.</p>
      </Panel>
    );
  const { serving } = status;
  const canary = serving.revisions.find((revision) => revision.wanted && revision.number !== stable?.number);
  const arms = { stable: stable?.number ?? null, canary: canary?.number ?? null };
  return (
    <Panel title="Desired and observed">
      <WeightBar
        label="Traffic by revision"
        rows={[
          {
            label: 'Desired',
            note: `generation ${service.generation}`,
            segments: weightSegments(serving.desired, arms),
          },
          {
            label: 'Observed in the route',
            note: serving.accepted ? 'accepted by the gateway' : 'not accepted',
            segments: weightSegments(serving.requested, arms),
          },
        ]}
      />
      <ul className="mt-4 flex flex-col gap-1 border-line border-t pt-3 text-xs">
        {serving.revisions.map((revision) => (
          <li key={revision.number} className="flex items-center justify-between gap-4">
            <span className="text-ink-muted">Revision {revision.number}</span>
            <Status
              tone={revision.ready ? 'ok' : revision.wanted ? 'progress' : 'neutral'}
              label={`${revision.readyReplicas} of ${revision.desiredReplicas} pods ready`}
            />
          </li>
        ))}
      </ul>
      <div className="mt-3 border-line border-t pt-1">
        <KeyValueList
          items={[
            { label: 'Scaling', value: scalingText(service.scaling) },
            {
              label: 'Worker',
              value: `acted on generation ${service.observedGeneration} of ${service.generation}`,
              hint: service.statusAt !== null && (
                <>
                  last change seen <ServiceTime at={service.statusAt} />
                </>
              ),
            },
          ]}
        />
      </div>
      {activeRollout !== null && (
        <p className="mt-2 text-xs">
          Measured shares are on the <TextLink href={`/rollouts/${activeRollout.id}`}>rollout</TextLink>.
        </p>
      )}
    </Panel>
  );
}
