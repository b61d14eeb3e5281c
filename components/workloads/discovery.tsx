'use client';

import { useQuery } from '@tanstack/react-query';
import { Radar, RefreshCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { workloadKinds } from '../../domain/adoption.ts';
import { errorSentence } from '../refusal-of.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { WaitFacts } from '../rollouts/wait-list.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { Panel } from '../ui/panel.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { AdoptAnswers } from './adopt-answers.tsx';
import { AdoptDialog } from './adopt-dialog.tsx';
import { ManagedServices } from './managed-services.tsx';
import { RouteTable } from './route-table.tsx';
import { useTicks } from './use-ticks.ts';
import type { AdoptAnswer, Discovered } from './workload-answers.ts';
import { matchingWorkloads, type WorkloadFilter } from './workload-filter.ts';
import { type Ticking, WorkloadTable } from './workload-table.tsx';

type Props = { readonly environmentId: string; readonly filter: WorkloadFilter };

/** Asks the worker once when it appears, and again on request or after something was ticked. */
export function Discovery({ environmentId, filter }: Props) {
  const trpc = useTrpc();
  const { data, error, isFetching, refetch } = useQuery({
    ...trpc.workloads.list.queryOptions({ environmentId }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const again = (
    <Button icon={RefreshCw} busy={isFetching} onClick={() => void refetch()}>
      Look again
    </Button>
  );
  if (data !== undefined)
    return <Found found={data} filter={filter} again={again} onAdopted={() => void refetch()} />;
  if (error !== null)
    return (
      <Banner tone="bad" title={errorSentence(error)}>
        {again}
      </Banner>
    );
  return (
    <Panel title="Reading what runs there">
      <SkeletonRows rows={8} columns={6} />
    </Panel>
  );
}

type FoundProps = {
  readonly found: Discovered;
  readonly filter: WorkloadFilter;
  readonly again: ReactNode;
  readonly onAdopted: () => void;
};

function Found({ found, filter, again, onAdopted }: FoundProps) {
  const [answers, setAnswers] = useState<readonly AdoptAnswer[]>([]);
  const ticks = useTicks(found.workloads);
  const rows = matchingWorkloads(found.workloads, filter);
  const { chosen } = ticks;
  const blocked = reasonOf(found.refusals.adopt);
  const ticking: Ticking = {
    isTicked: ticks.isTicked,
    tick: (row, on) => ticks.tick([row], on),
    blocked,
  };
  const done = (given: readonly AdoptAnswer[]) => {
    setAnswers(given);
    ticks.clear();
    onAdopted();
  };
  return (
    <>
      <AdoptAnswers answers={answers} />
      <Gaps found={found} />
      <Panel
        flush
        title={<SearchInput label="Search workloads" placeholder="Name, image, digest or manager" />}
        actions={
          <div className="flex flex-wrap items-center gap-3">
            <FilterSelect
              label="Kind"
              param="kind"
              options={workloadKinds.map((kind) => ({ value: kind, label: kind }))}
            />
            <FilterSelect label="Managed by" param="manager" options={managers} />
            <Button
              disabledReason={blocked}
              onClick={() => (chosen.length === 0 ? ticks.tick(rows, true) : ticks.clear())}
            >
              {chosen.length === 0 ? 'Tick all shown' : 'Tick none'}
            </Button>
            {again}
            {found.discoveryId !== null && (
              <AdoptDialog
                environmentId={found.environment.id}
                discoveryId={found.discoveryId}
                rows={chosen}
                disabledReason={blocked ?? (chosen.length === 0 ? 'Tick what should be watched.' : undefined)}
                onDone={done}
              />
            )}
          </div>
        }
      >
        <WorkloadTable rows={rows} ticking={ticking} empty={<NoWorkload found={found} />} />
      </Panel>
      <RouteTable routes={found.routes} />
      <ManagedServices services={found.managed} />
    </>
  );
}

/** What could not be read or measured, each with its sentence. */
function Gaps({ found: { problems, unmeasured, workloads } }: { found: Discovered }) {
  return (
    <>
      {unmeasured !== null && workloads.length > 0 && (
        <p className="text-ink-muted text-xs">Requests per second: {unmeasured}</p>
      )}
      {problems.map((problem) => (
        <Banner key={problem.message} tone="warn" title={problem.message}>
          <WaitFacts blocker={problem} />
        </Banner>
      ))}
    </>
  );
}

const managers = [
  { value: 'helm', label: 'Helm' },
  { value: 'argocd', label: 'Argo CD' },
  { value: 'flux', label: 'Flux' },
  { value: 'kubectl', label: 'by hand' },
  { value: 'none', label: 'nobody known' },
];

function NoWorkload({ found }: { found: Discovered }) {
  if (found.workloads.length > 0)
    return (
      <EmptyState icon={Radar} title="No workload matches">
        Change the search, the kind or the manager.
      </EmptyState>
    );
  if (found.discoveryId === null)
    return (
      <EmptyState icon={Radar} title="Nobody looked">
        No worker answered, so it is not known what runs there.
      </EmptyState>
    );
  return (
    <EmptyState icon={Radar} title="Nothing runs there that others made">
      {found.environment.clusterName} shows no Deployment, InferenceService or Rollout in the namespace{' '}
      {found.environment.namespace} but those of Fairlead.
    </EmptyState>
  );
}
