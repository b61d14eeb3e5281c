'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BoardChart } from '../../domain/board.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { chartKindWords } from '../../domain/chart/chart-words.ts';
import { namedWords } from '../../domain/chart/named-answer.ts';
import { templateSubject } from '../../domain/template-chart-name.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useNearScreen } from './near-screen.ts';
import { groupByWords } from './spec-words.ts';

const height = 200;
/** Room of a chart with its head and words, so that nothing jumps when it comes. */
const place = 'h-[296px] w-full';

type Props = { readonly chart: BoardChart; readonly range: ChartRange };

/** One chart of a board, asked for when it comes near the screen. */
export function BoardChartCard(props: Props) {
  const [ref, near] = useNearScreen();
  return (
    <div ref={ref} className="h-full min-w-0 rounded-lg border border-line bg-surface p-4 shadow-panel">
      {near ? <Shown {...props} /> : <Skeleton className={place} />}
    </div>
  );
}

function Shown({ chart, range }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const answer = useQuery({
    ...trpc.charts.read.queryOptions({
      projectId,
      spec: chart.spec,
      from: new Date(range.from),
      to: new Date(range.to),
    }),
    placeholderData: keepPreviousData,
  });
  const { data } = answer;
  const state =
    answer.error !== null ? { error: errorSentence(answer.error) } : data === undefined ? 'loading' : 'ready';
  return (
    <div className="flex h-full flex-col gap-2">
      <LineChart
        spec={chart.spec}
        title={chart.title ?? titleOf(chart, data)}
        unit={data?.unit ?? 'count'}
        series={data?.series ?? []}
        rangeMs={data?.range ?? range}
        stepMs={data?.stepMs}
        thresholds={data?.thresholds}
        marks={data?.marks}
        openFromMs={data?.openFromMs}
        height={height}
        state={state}
      />
      {data !== undefined && data.words.length > 0 && (
        <p className="mt-auto text-ink-muted text-xs">{namedWords(data)}</p>
      )}
    </div>
  );
}

/** With the name of its service or template, since a board shows several. */
function titleOf({ spec }: BoardChart, answer: ChartAnswer | undefined): string {
  if (answer === undefined) return chartKindWords[spec.kind];
  if (spec.kind === 'template') return answer.names[templateSubject(spec)] ?? answer.title;
  if (spec.kind === 'cost') return `${answer.title}, by ${groupByWords[spec.groupBy]}`;
  const service = 'serviceId' in spec ? answer.names[`service ${spec.serviceId ?? ''}`] : undefined;
  return service === undefined ? answer.title : `${answer.title}: ${service}`;
}
