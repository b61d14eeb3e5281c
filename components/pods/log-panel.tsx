'use client';

import { Eye } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Pod } from '../../domain/pod.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { errorSentence } from '../refusal-of.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import type { ServiceDetail } from '../services/service-answers.ts';
import { useTrpcClient } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { LogChoice } from './log-choice.tsx';
import { LogReader, type LogState, type LogTarget } from './log-reader.ts';
import { LogView } from './log-view.tsx';

type Props = {
  readonly service: ServiceDetail;
  readonly pods: readonly Pod[];
  /** What is read; null before anything was chosen. */
  readonly target: LogTarget | null;
  readonly onTarget: (target: LogTarget) => void;
  readonly refusal: Refusal | null;
};

/** What one container writes: its last lines, then as they come. Opening it is written to the audit trail. */
export function LogPanel(props: Props) {
  const { target, refusal, service } = props;
  const reader = useReader(target);
  const state = useSyncExternalStore(reader.subscribe, reader.state, reader.state);
  return (
    <Panel
      title="Log"
      description="The last 500 lines, then what comes. That you read it is written to the audit trail; secrets are masked."
      actions={<LogChoice {...props} />}
      id="log"
    >
      {target === null ? (
        <EmptyState title={refusal === null ? 'Choose a container' : 'Logs are not yours to read'} icon={Eye}>
          {refusal === null
            ? 'Press Logs beside a pod, or choose one above.'
            : `${reasonOf(refusal) ?? ''} Logs may hold what users sent, so engineers and operators read them.`}
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-3">
          <LogView
            key={JSON.stringify(target)}
            state={state}
            fileName={`${service.name}-${target.pod}-${target.container}`}
          />
          <Ending state={state} onGoOn={() => reader.goOn()} />
        </div>
      )}
    </Panel>
  );
}

/** One reader for the page, so that the next log takes the place of the last. External system: the worker that follows it. */
function useReader(target: LogTarget | null): LogReader {
  const client = useTrpcClient();
  const [reader] = useState(
    () =>
      new LogReader({
        open: (input) => client.services.readLogs.mutate(input),
        follow: (input) => client.services.followLog.mutate(input),
        sentence: errorSentence,
      }),
  );
  useEffect(() => {
    if (target === null) return;
    reader.open(target);
    document.getElementById('log')?.scrollIntoView({ block: 'nearest' });
    return () => reader.close();
  }, [reader, target]);
  return reader;
}

function Ending({ state, onGoOn }: { state: LogState; onGoOn: () => void }) {
  const goOn = <Button onClick={onGoOn}>Go on</Button>;
  if (state.phase === 'refused' && state.refusal !== null)
    return <Banner tone="bad" title={state.refusal} action={goOn} />;
  if (state.ending === null) return null;
  const { kind, refusal } = state.ending;
  return (
    <Banner
      tone={kind === 'failed' ? 'bad' : kind === 'capped' ? 'warn' : 'neutral'}
      title={refusal.message}
      action={goOn}
    >
      {refusal.fix}
    </Banner>
  );
}
