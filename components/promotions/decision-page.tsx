'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { EvidenceList } from '../models/evidence-list.tsx';
import { TimelinePanel } from '../rollouts/timeline-panel.tsx';
import { WaitList } from '../rollouts/wait-list.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { Columns, Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { CandidatePanel } from './candidate-panel.tsx';
import { ChangePanel } from './change-panel.tsx';
import { DecisionHeader } from './decision-header.tsx';
import { EndBanner } from './end-banner.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { MetricComparison } from './metric-comparison.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { ProofsPanel } from './proofs-panel.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { RequestNote } from './request-note.tsx';
import { RoomPanel } from './room-panel.tsx';
import { SignaturesPanel } from './signatures-panel.tsx';
import { SignersPanel } from './signers-panel.tsx';
import { SubjectPanel } from './subject-panel.tsx';

/** Everything that a signer has to know on one page, and nothing that may change after they have signed it. */
export function DecisionPage({ promotionId }: { promotionId: string }) {
  const trpc = useTrpc();
  const { data: promotion } = useSuspenseQuery(trpc.promotions.get.queryOptions({ promotionId }));
  const isDecided = promotion.state !== 'open';
  return (
    <Page>
      <DecisionHeader promotion={promotion} />
      <EndBanner promotion={promotion} />
      <WaitList
        blockers={promotion.blockers}
        action={
          promotion.blockers[0]?.code === 'rolloutActive' && (
            <ButtonLink size="small" href={`/rollouts/${String(promotion.blockers[0].params['rolloutId'])}`}>
              Open that rollout
            </ButtonLink>
          )
        }
      />
      <Columns
        main={
          <>
            <RequestNote promotion={promotion} />
            <ChangePanel change={promotion.change} />
            <Panel flush title="Evidence" description="Evaluation reports of the version, newest first">
              <EvidenceList evidence={promotion.evidence} />
            </Panel>
            <MetricComparison live={promotion.liveMetrics} candidate={promotion.version.metrics} />
            <PlanPanel plan={promotion.plan} />
            {promotion.preflight !== null && (
              <>
                <RoomPanel preflight={promotion.preflight} plan={promotion.plan} />
                <QueuePanel queue={promotion.preflight.queue} />
              </>
            )}
            <ForecastPanel forecast={promotion.change.forecast} />
            <SubjectPanel promotion={promotion} />
          </>
        }
        aside={
          <>
            <SignersPanel policy={promotion.policy} progress={promotion.progress} isDecided={isDecided} />
            <ProofsPanel proofs={promotion.proofs} />
            <SignaturesPanel signatures={promotion.signatures} />
            <CandidatePanel version={promotion.version} byteCheck={promotion.to.byteCheck} />
            <TimelinePanel
              entries={promotion.timeline}
              auditAll={`/audit?kind=promotion&id=${promotion.id}`}
            />
          </>
        }
      />
    </Page>
  );
}
