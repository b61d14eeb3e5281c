'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { Check } from '../../domain/rollout-plan.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { chartRangeOptions, chartRanges, rangeStart } from './chart-range.ts';
import { MetricCharts } from './metric-charts.tsx';
import { useServiceNow } from './service-clock.tsx';

type Props = {
  readonly serviceId: string;
  readonly rolloutId: string;
  readonly checks: readonly Check[];
  readonly isLive: boolean;
};

/** Metric samples never notify, so a live rollout asks for them by itself. */
const refreshMs = 15_000;

/** Canary against stable; the range is part of the address. */
export function RolloutCharts({ serviceId, rolloutId, checks, isLive }: Props) {
  const trpc = useTrpc();
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(chartRanges).withDefault('whole'));
  const fromAt = rangeStart(range, useServiceNow(60_000));
  const answer = useQuery({
    ...trpc.rollouts.series.queryOptions({ rolloutId, ...(fromAt === undefined ? {} : { fromAt }) }),
    refetchInterval: isLive ? refreshMs : false,
    placeholderData: keepPreviousData,
  });
  return (
    <MetricCharts
      serviceId={serviceId}
      title="Canary against stable"
      answer={answer.data ?? null}
      error={answer.error === null ? null : errorSentence(answer.error)}
      checks={checks}
      range={{ value: range, options: chartRangeOptions('Whole rollout'), onChange: setRange }}
    />
  );
}
