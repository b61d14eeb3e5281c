'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { Check } from '../../domain/rollout-plan.ts';
import { errorSentence } from '../refusal-of.ts';
import { chartRangeOptions, chartRanges, rangeStart } from '../rollouts/chart-range.ts';
import { MetricCharts } from '../rollouts/metric-charts.tsx';
import { useServiceNow } from '../rollouts/service-clock.tsx';
import { useTrpc } from '../trpc-provider.tsx';

const refreshMs = 30_000;

type Props = { readonly serviceId: string; readonly checks: readonly Check[] };

/** What the Service answers now, a line per revision that takes traffic. */
export function ServiceCharts({ serviceId, checks }: Props) {
  const trpc = useTrpc();
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(chartRanges).withDefault('whole'));
  const fromAt = rangeStart(range, useServiceNow(60_000));
  const answer = useQuery({
    ...trpc.services.samples.queryOptions({ serviceId, ...(fromAt === undefined ? {} : { fromAt }) }),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  return (
    <MetricCharts
      serviceId={serviceId}
      title="Traffic and answers"
      answer={answer.data ?? null}
      error={answer.error === null ? null : errorSentence(answer.error)}
      checks={checks}
      range={{ value: range, options: chartRangeOptions('Recent'), onChange: setRange }}
    />
  );
}
