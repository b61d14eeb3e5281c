'use client';

import { lazy } from 'react';
import { rolloutStanding, rolloutTitle } from '../rollouts/rollout-words.ts';
import { StepPips } from '../rollouts/step-pips.tsx';
import { TimelinePanel } from '../rollouts/timeline-panel.tsx';
import { Later } from '../ui/later.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { Columns } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { ObjectivesPanel } from './objectives-panel.tsx';
import type { ServiceDetail } from './service-answers.ts';
import { ServiceTraffic } from './service-traffic.tsx';

const ServiceCharts = lazy(async () => ({ default: (await import('./service-charts.tsx')).ServiceCharts }));
const SimulationPanel = lazy(async () => ({
  default: (await import('../rollouts/simulation-panel.tsx')).SimulationPanel,
}));
/** Only a service that was found in the cluster has them. */
const TakeOverPanel = lazy(async () => ({
  default: (await import('../take-over/take-over-panel.tsx')).TakeOverPanel,
}));
const WatchedPanel = lazy(async () => ({ default: (await import('./watched-panel.tsx')).WatchedPanel }));

/** How the Service does: what moves, its traffic, its charts and what was done to it. */
export function ServiceOverview({ service }: { service: ServiceDetail }) {
  const canary = service.revisions.find((revision) => revision.role === 'canary');
  const simulated = canary ?? service.stable ?? service.revisions[0] ?? null;
  return (
    <Columns
      main={
        <>
          <UnderWay service={service} />
          {service.adoption !== null && (
            <Later className="h-40 w-full">
              <TakeOverPanel service={service} adoption={service.adoption} />
            </Later>
          )}
          {service.mode === 'managed' && (
            <Later className="h-96 w-full">
              <ServiceCharts serviceId={service.id} checks={service.defaultPlan.checks} />
            </Later>
          )}
          <ObjectivesPanel serviceId={service.id} />
          <TimelinePanel
            most={12}
            entries={service.timeline}
            auditAll={`/audit?kind=service&id=${service.id}`}
          />
        </>
      }
      aside={
        <>
          {service.adoption !== null && service.mode === 'watched' ? (
            <Later className="h-40 w-full">
              <WatchedPanel service={service} adoption={service.adoption} />
            </Later>
          ) : (
            <ServiceTraffic service={service} />
          )}
          {service.environment.clusterKind === 'sandbox' && simulated !== null && (
            <Later className="h-56 w-full">
              <SimulationPanel serviceId={service.id} revision={simulated} />
            </Later>
          )}
        </>
      }
    />
  );
}

/** The active rollout and promotions that wait; nothing when there are none. */
function UnderWay({ service }: { service: ServiceDetail }) {
  const active = service.rollouts.filter((rollout) => rollout.id === service.activeRollout?.id);
  if (active.length === 0 && service.promotions.length === 0) return null;
  return (
    <Panel title="Under way" flush>
      <List label="Under way">
        {active.map((rollout) => {
          const standing = rolloutStanding(rollout);
          return (
            <ListRow
              key={rollout.id}
              href={`/rollouts/${rollout.id}`}
              title={`Rollout ${rolloutTitle(rollout)}`}
              detail={<StepPips rollout={rollout} />}
              aside={<Status tone={standing.tone} label={standing.label} />}
            />
          );
        })}
        {service.promotions.map((promotion) => (
          <ListRow
            key={promotion.id}
            href={`/promotions/${promotion.id}`}
            title={`Promotion of ${promotion.to.modelName} version ${promotion.to.versionNumber}`}
            detail={promotion.blocker?.message ?? `asked by ${promotion.requestedBy.name}`}
            aside={
              <Status
                tone={promotion.state === 'approved' ? 'ok' : 'warn'}
                label={promotion.state === 'approved' ? 'Approved' : 'Waits for signatures'}
              />
            }
          />
        ))}
      </List>
    </Panel>
  );
}
