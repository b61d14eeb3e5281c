'use client';

import { ChartLine, Download } from 'lucide-react';
import { formatNumber } from '../../domain/number-format.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { NotReadable } from '../not-readable.tsx';
import { Button } from '../ui/button.tsx';
import { useNow } from '../ui/clock.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { saveText } from '../ui/save-text.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { CostAnswer } from './cost-answers.ts';
import { type CostAsk, costSpec, groupingsOf, rangeText } from './cost-ask.ts';
import { CostNotes } from './cost-notes.tsx';
import { CostStats } from './cost-stats.tsx';
import { CostTable } from './cost-table.tsx';
import { CostTabs } from './cost-tabs.tsx';
import { groupingWords } from './cost-words.ts';
import { costCsv, costSeries } from './prepare-costs.ts';
import { useCosts } from './use-costs.ts';

/** What GPUs, CPUs and memory cost, by whatever one asks; every amount opens to its pods. */
export function CostPage({ ask }: { ask: CostAsk }) {
  const answer = useCosts(ask);
  return (
    <Page>
      <PageHeader
        title="Costs"
        description="What was held, priced by the price book. Hours are sealed ten minutes after their end; later ones are computed as they go."
        meta={<span>{rangeText(ask)}</span>}
        actions={<CsvButton answer={answer.data} ask={ask} />}
      />
      <CostTabs current={ask.scope} />
      <Filters ask={ask} />
      {answer.data === undefined ? (
        <Loading error={answer.error} onAgain={answer.refetch} />
      ) : (
        <Answer answer={answer.data} ask={ask} />
      )}
    </Page>
  );
}

function CsvButton({ answer, ask }: { answer: CostAnswer | undefined; ask: CostAsk }) {
  return (
    <Button
      icon={Download}
      disabledReason={
        answer === undefined || answer.groups.length === 0 ? 'There is nothing to download.' : undefined
      }
      onClick={() => {
        if (answer !== undefined) saveText(`costs by ${ask.groupBy}.csv`, costCsv(answer, ask), 'text/csv');
      }}
    >
      CSV
    </Button>
  );
}

function Filters({ ask }: { ask: CostAsk }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <FilterSelect
        label="Sum by"
        param="by"
        allLabel={groupingWords[ask.scope === 'instance' ? 'project' : 'model']}
        options={groupingsOf(ask.scope)
          .filter((each) => each !== (ask.scope === 'instance' ? 'project' : 'model'))
          .map((value) => ({ value, label: groupingWords[value] }))}
      />
      <FilterSelect
        label="Time"
        param="days"
        allLabel="Last 30 days"
        options={[
          { value: '7', label: 'Last 7 days' },
          { value: '90', label: 'Last 90 days' },
        ]}
      />
      <FilterSelect
        label="Rate"
        param="rate"
        allLabel="Loaded: the whole node on its GPUs"
        options={[{ value: 'openCost', label: 'Split as OpenCost does' }]}
      />
    </div>
  );
}

function Loading({ error, onAgain }: { error: unknown; onAgain: () => unknown }) {
  if (error === null) return <SkeletonRows rows={8} columns={4} />;
  return <NotReadable title="The costs could not be read" error={error} onAgain={onAgain} />;
}

/** History that was metered before anybody counted it, such as that of a cluster just added. */
function SealingBar({ answer: { sealing } }: { answer: CostAnswer }) {
  if (sealing.underWay === null) return null;
  const { sealedHours, hours } = sealing.underWay;
  return (
    <ProgressBar
      label="Counting the hours so far; the figures below are right already and become quick"
      value={sealedHours}
      max={hours}
      detail={`${formatNumber(sealedHours)} of ${formatNumber(hours)} hours`}
    />
  );
}

const dayMs = 86_400_000;

function Answer({ answer, ask }: { answer: CostAnswer; ask: CostAsk }) {
  const today = Math.floor(useNow(60_000) / dayMs) * dayMs;
  if (answer.groups.length === 0)
    return (
      <EmptyState icon={ChartLine} title="Nothing was held in this time">
        Pods, nodes and their GPUs are metered as soon as a cluster grants the rights for it; their hours
        appear here.
      </EmptyState>
    );
  const title = answer.currency === null ? 'GPU-hours per day' : `Cost per day in ${answer.currency}`;
  return (
    <>
      <SealingBar answer={answer} />
      <CostNotes answer={answer} ask={ask} />
      <CostStats answer={answer} ask={ask} />
      <Panel>
        <LineChart
          title={title}
          unit={answer.currency === null ? 'gpuHours' : `money ${answer.currency}`}
          series={costSeries(answer, ask)}
          rangeMs={{ from: ask.from.getTime(), to: ask.to.getTime() }}
          stepMs={dayMs}
          openFromMs={today}
          height={240}
          spec={costSpec(ask)}
        />
      </Panel>
      <CostTable answer={answer} ask={ask} />
    </>
  );
}
