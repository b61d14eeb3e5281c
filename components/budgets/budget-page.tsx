'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { amountText, lateBeginText, type Measure, periodText } from '../../domain/budget/budget-words.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { Status } from '../ui/status.tsx';
import { BudgetActions } from './budget-actions.tsx';
import type { BudgetAnswer, BudgetOwner, BudgetSeries } from './budget-answers.ts';
import { countsText, levelWords, standingOf } from './budget-words.ts';
import { BurnDownPanel } from './burn-down-panel.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { FreezesPanel } from './freezes-panel.tsx';
import { AbovePanel, HoldersPanel, MovementsPanel } from './money-panels.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { RequestsPanel } from './requests-panel.tsx';
import { ThresholdsPanel } from './thresholds-panel.tsx';

const refreshMs = 60_000;

/** One budget: what is left of it, where it heads, who holds what, and what its amount is made of. */
export function BudgetPage({ budgetId, owner }: { budgetId: string; owner: BudgetOwner }) {
  return owner === 'project' ? <OfProject budgetId={budgetId} /> : <OfInstance budgetId={budgetId} />;
}

function OfProject({ budgetId }: { budgetId: string }) {
  const trpc = useTrpc();
  const refetchInterval = refreshMs;
  const { data } = useSuspenseQuery({ ...trpc.budgets.get.queryOptions({ budgetId }), refetchInterval });
  const series = useSuspenseQuery({ ...trpc.budgets.series.queryOptions({ budgetId }), refetchInterval });
  return <Found answer={data} series={series.data} owner="project" />;
}

function OfInstance({ budgetId }: { budgetId: string }) {
  const trpc = useTrpc();
  const refetchInterval = refreshMs;
  const { data } = useSuspenseQuery({
    ...trpc.instanceBudgets.get.queryOptions({ budgetId }),
    refetchInterval,
  });
  const series = useSuspenseQuery({
    ...trpc.instanceBudgets.series.queryOptions({ budgetId }),
    refetchInterval,
  });
  return <Found answer={data} series={series.data} owner="instance" />;
}

type FoundProps = {
  readonly answer: BudgetAnswer;
  readonly series: BudgetSeries;
  readonly owner: BudgetOwner;
};

function Found({ answer, series, owner }: FoundProps) {
  const { budget, movements, above, currency } = answer;
  const measure: Measure = { unit: budget.unit, currency };
  return (
    <Page>
      <PageHeader
        title={budget.name}
        back={{ href: '/budgets', label: 'Budgets' }}
        status={<Status {...standingOf(budget)} />}
        description={`Counts ${countsText(budget)}. ${periodText(budget.period)}. ${levelWords[budget.level] ?? ''}.`}
        actions={<BudgetActions answer={answer} owner={owner} />}
      />
      <FreezesPanel freezes={answer.freezes} showProject={owner === 'instance'} />
      <Figures answer={answer} measure={measure} />
      <BurnDownPanel
        budget={budget}
        movements={movements}
        series={series}
        measure={measure}
        spec={{ kind: owner === 'instance' ? 'instanceBudget' : 'budget', budgetId: budget.id }}
      />
      {budget.status !== null && <ForecastPanel status={budget.status} measure={measure} />}
      <ThresholdsPanel answer={answer} measure={measure} />
      <RequestsPanel budgetId={budget.id} requests={answer.requests} measure={measure} />
      <QueuePanel queue={answer.queue} measure={measure} showProject={owner === 'instance'} />
      <HoldersPanel holders={series.holders} measure={measure} />
      <MovementsPanel movements={movements} measure={measure} />
      {above.length > 0 && <AbovePanel rows={above} currency={currency} />}
      <PeriodNote series={series} answer={answer} />
    </Page>
  );
}

function Figures({ answer: { budget }, measure }: { answer: BudgetAnswer; measure: Measure }) {
  const text = (amount: bigint | null | undefined) =>
    amount === null || amount === undefined ? '–' : amountText(amount, measure);
  const { status } = budget;
  const gone = status?.exhaustedAt ?? null;
  return (
    <StatRow>
      <Stat label="Amount" value={text(budget.amount)} />
      <Stat label="Spent" value={text(budget.actual)} />
      <Stat label="Held by rollouts" value={text(budget.held)} />
      <Stat
        label="Available"
        value={text(budget.available)}
        tone={budget.available !== null && budget.available <= 0n ? 'bad' : undefined}
      />
      <Stat label="Last hour" value={text(status?.lastHour)} />
      <Stat
        label={status?.rolling == null ? 'Forecast' : 'In 72 hours'}
        value={text(status?.expected)}
        tone={status !== null && status.expected > budget.amount ? 'warn' : undefined}
        hint={
          gone === null ? (
            'lasts to the end'
          ) : (
            <>
              gone <ExactTime at={gone} />
            </>
          )
        }
      />
    </StatRow>
  );
}

function PeriodNote({ series, answer }: { series: BudgetSeries; answer: BudgetAnswer }) {
  const late = lateBeginText(answer.beginsLateMs);
  const { status } = answer.budget;
  return (
    <Panel title="Period">
      <p className="text-ink-muted">
        From <ExactTime at={series.fromAt} />
        {series.toAt === null ? ' until now, rolling' : null}
        {series.toAt !== null && (
          <>
            {' '}
            to <ExactTime at={series.toAt} />
          </>
        )}
        . {late}
        {status !== null && status.unpriced > 0n
          ? ` ${amountText(status.unpriced, { unit: 'gpuHours', currency: null })} had no price and are in no sum.`
          : ''}
      </p>
    </Panel>
  );
}
