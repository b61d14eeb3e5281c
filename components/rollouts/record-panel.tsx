'use client';

import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Digest } from '../ui/digest.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { downloadJson } from './download-json.ts';
import { RecordCharts } from './record-charts.tsx';
import { RecordEvents } from './record-events.tsx';
import { RecordLogs } from './record-logs.tsx';
import { RecordPods } from './record-pods.tsx';
import { RecordSection } from './record-section.tsx';
import { RecordTold } from './record-told.tsx';
import { RecordVerdict } from './record-verdict.tsx';
import type { FrozenRecord, RolloutDetail } from './rollout-answers.ts';
import { ServiceMoment } from './service-clock.tsx';

/** What was known when the traffic was off, before anything was taken away; read once, because it never changes. */
export function RecordPanel({ rollout }: { rollout: RolloutDetail }) {
  const trpc = useTrpc();
  const answer = useQuery({
    ...trpc.rollouts.record.queryOptions({ rolloutId: rollout.id }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (answer.error !== null) return <Banner tone="bad" title={errorSentence(answer.error)} />;
  if (answer.data === undefined)
    return (
      <Panel title="Record">
        <SkeletonRows />
      </Panel>
    );
  return <Frozen rollout={rollout} frozen={answer.data} />;
}

function Frozen({ rollout, frozen }: { rollout: RolloutDetail; frozen: FrozenRecord }) {
  const { record, digest, intact, missing, logsRefusal } = frozen;
  return (
    <Panel
      title="Record"
      description={
        <>
          Frozen at <ServiceMoment at={record.frozenAt} />, before revision {record.revisionNumber} was taken
          away. Its digest <Digest value={digest} /> is in the audit trail.
        </>
      }
      actions={
        <Button icon={Download} onClick={() => downloadJson(`record-${record.rolloutId}`, frozen)}>
          Download JSON
        </Button>
      }
      flush
    >
      {!intact && (
        <Notice>
          <Banner tone="bad" title="This record no longer has the digest that the audit trail carries.">
            Somebody changed it in the database.
          </Banner>
        </Notice>
      )}
      {missing.length > 0 && (
        <Notice>
          <Banner tone="warn" title="The record is not whole.">
            {missing.map(({ name, why }) => (
              <p key={name}>{why}</p>
            ))}
          </Banner>
        </Notice>
      )}
      <RecordVerdict part={record.verdict} />
      <RecordPods part={record.pods} />
      <RecordEvents part={record.events} />
      <RecordLogs part={record.logs} refusal={logsRefusal} />
      <RecordTold part={record.told} live={frozen.toldNow} />
      <RecordSection title="Both arms" isOpen={false}>
        <RecordCharts serviceId={rollout.service.id} part={record.series} checks={rollout.plan.checks} />
      </RecordSection>
    </Panel>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return <div className="border-line border-b px-4 py-3">{children}</div>;
}
