'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorSentence } from '../refusal-of.ts';
import { WaitFacts } from '../rollouts/wait-list.tsx';
import type { ServiceDetail } from '../services/service-answers.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { EventsPanel } from './events-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import type { LogTarget } from './log-reader.ts';
import type { PodsOfService } from './pod-answers.ts';
import { podsByRevision } from './pod-words.ts';
import { NoPods, RevisionPods } from './revision-pods.tsx';

/** Hints bring what changed; this finds what no hint tells, as a restart of a watched pod that is ready again. */
const refreshMs = 10_000;

type Props = { readonly service: ServiceDetail };

/** A service's pods as the cluster shows them now, what they wrote, and what the cluster says of them. */
export function PodsTab({ service }: Props) {
  const trpc = useTrpc();
  const { data, error, isPending } = useQuery({
    ...trpc.services.pods.queryOptions({ serviceId: service.id }, { trpc: { context: { alone: true } } }),
    refetchInterval: refreshMs,
  });
  if (isPending) return <Skeleton className="h-96 w-full" />;
  if (data === undefined) return <Banner tone="bad" title={errorSentence(error)} />;
  return <Found service={service} found={data} />;
}

function Found({ service, found }: Props & { found: PodsOfService }) {
  const [target, setTarget] = useState<LogTarget | null>(null);
  const groups = podsByRevision(found.pods);
  const open = ({ pod, container }: Pick<LogTarget, 'pod' | 'container'>) =>
    setTarget({ serviceId: service.id, pod, container, previous: false });
  return (
    <>
      {found.problems.map((problem) => (
        <Banner key={problem.message} tone="bad" title={problem.message}>
          <WaitFacts blocker={problem} />
        </Banner>
      ))}
      {found.podsTruncated && (
        <Banner tone="warn" title={`Only ${found.pods.length} pods are shown; there are more.`} />
      )}
      {groups.map(({ number, pods }) => (
        <RevisionPods
          key={number ?? 'found'}
          service={service}
          number={number}
          pods={pods}
          refusal={found.refusals.readLogs}
          onLogs={open}
        />
      ))}
      {groups.length === 0 && found.problems.length === 0 && <NoPods service={service} />}
      {found.pods.length > 0 && (
        <LogPanel
          service={service}
          pods={found.pods}
          target={target}
          onTarget={setTarget}
          refusal={found.refusals.readLogs}
        />
      )}
      <EventsPanel found={found} />
    </>
  );
}
