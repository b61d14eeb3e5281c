'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Later } from '../ui/later.tsx';
import { Columns, Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ChecksPanel } from './checks-panel.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { PlanView } from './plan-view.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import type { RolloutDetail } from './rollout-answers.ts';
import { RolloutHeader } from './rollout-header.tsx';
import { RolloutWait } from './rollout-wait.tsx';
import { hasEnded } from './rollout-words.ts';
import { ServiceClock } from './service-clock.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { TrafficPanel } from './traffic-panel.tsx';
import { oneClickError, useRolloutCommands } from './use-rollout-commands.ts';

const RolloutCharts = lazy(async () => ({ default: (await import('./rollout-charts.tsx')).RolloutCharts }));
const SimulationPanel = lazy(async () => ({
  default: (await import('./simulation-panel.tsx')).SimulationPanel,
}));
/** Only a rollout that was taken back has one. */
const RecordPanel = lazy(async () => ({ default: (await import('./record-panel.tsx')).RecordPanel }));

const RolloutCostPanel = lazy(async () => ({
  default: (await import('../unit-costs/rollout-cost-panel.tsx')).RolloutCostPanel,
}));

/** Counts of a status change without a hint, so a live rollout is read again by itself. */
const refreshMs = 5_000;
/** What it brought goes on being watched. */
const restMs = 30_000;

/** One rollout: where it stands, why, on what evidence, and what one may do. */
export function RolloutPage({ rolloutId }: { rolloutId: string }) {
  const trpc = useTrpc();
  const { data: rollout, dataUpdatedAt } = useSuspenseQuery({
    ...trpc.rollouts.get.queryOptions({ rolloutId }),
    refetchInterval: (query) =>
      query.state.data === undefined || !isSettled(query.state.data) ? refreshMs : restMs,
  });
  const commands = useRolloutCommands(rolloutId);
  const error = oneClickError(commands) ?? commands.promote.error ?? commands.continueWithout.error;
  return (
    <ServiceClock now={rollout.now} answeredAtMs={dataUpdatedAt}>
      <Page>
        <RolloutHeader rollout={rollout} commands={commands} />
        {error !== null && <Banner tone="bad" title={error} />}
        <RolloutWait rollout={rollout} commands={commands} />
        <ProgressPanel rollout={rollout} />
        <Columns main={<Main rollout={rollout} />} aside={<Aside rollout={rollout} />} />
      </Page>
    </ServiceClock>
  );
}

/** Nothing moves by itself any more. */
function isSettled(rollout: RolloutDetail): boolean {
  return hasEnded(rollout) && rollout.bake.state !== 'baking';
}

function Main({ rollout }: { rollout: RolloutDetail }) {
  return (
    <>
      <ChecksPanel rollout={rollout} />
      {rollout.hasRecord && (
        <Later className="h-96 w-full">
          <RecordPanel rollout={rollout} />
        </Later>
      )}
      <Later className="h-96 w-full">
        <RolloutCharts
          serviceId={rollout.service.id}
          rolloutId={rollout.id}
          checks={rollout.plan.checks}
          isLive={!hasEnded(rollout)}
        />
      </Later>
      <TimelinePanel entries={rollout.timeline} auditAll={`/audit?kind=rollout&id=${rollout.id}`} />
    </>
  );
}

function Aside({ rollout }: { rollout: RolloutDetail }) {
  return (
    <>
      <TrafficPanel rollout={rollout} />
      {rollout.environment.clusterKind === 'sandbox' && (
        <Later className="h-56 w-full">
          <SimulationPanel serviceId={rollout.service.id} revision={rollout.to} />
        </Later>
      )}
      <Later className="h-56 w-full">
        <RolloutCostPanel rolloutId={rollout.id} />
      </Later>
      <EvidencePanel evidence={rollout.evidence} revision={rollout.to} />
      <Panel title="Plan">
        <PlanView plan={rollout.plan} />
      </Panel>
    </>
  );
}
