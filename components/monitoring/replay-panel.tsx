'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { testWords } from '../../domain/drift/drift-words.ts';
import { countOf } from '../../domain/figure-text.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import type { Replay, ServiceMonitoring } from './monitoring-answers.ts';

type Alert = Replay['alerts'][number];
const columns: readonly Column<Alert>[] = [
  {
    key: 'opened',
    header: 'Would have alerted',
    cell: ({ openedMs }) => <ExactTime at={new Date(openedMs)} />,
  },
  {
    key: 'cleared',
    header: 'Cleared',
    cell: ({ clearedMs }) => (clearedMs === null ? 'lasts' : <ExactTime at={new Date(clearedMs)} />),
  },
  {
    key: 'features',
    header: 'Features',
    nowrap: false,
    cell: ({ features }) => (
      <span className="block py-1.5 leading-5">
        {features.map(({ name, test }) => `${name} (${testWords[test]})`).join(', ')}
      </span>
    ),
  },
];

/** What the monitor would have said in the last four weeks, asked for before its alerts are switched on. */
export function ReplayPanel({ monitor }: { monitor: ServiceMonitoring['monitor'] }) {
  const trpc = useTrpc();
  const [isAsked, setIsAsked] = useState(false);
  const { data, error, isFetching } = useQuery({
    ...trpc.monitors.replay.queryOptions({ monitorId: monitor.id }),
    enabled: isAsked,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return (
    <Panel
      flush={data !== undefined && data.alerts.length > 0}
      title="The last 28 days, replayed"
      description="When it would have alerted as it is set now, and which days it cannot judge."
      actions={
        <Button icon={History} busy={isFetching} onClick={() => setIsAsked(true)}>
          Replay
        </Button>
      }
    >
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined ? (
        <p className="text-ink-muted">Look at it before you switch alerts on.</p>
      ) : (
        <Replayed replay={data} />
      )}
    </Panel>
  );
}

function Replayed({ replay }: { replay: Replay }) {
  const { alerts } = replay;
  return (
    <>
      <p className={alerts.length > 0 ? 'px-4 py-3' : undefined}>
        It would have alerted {alerts.length === 0 ? 'never' : countOf(alerts.length, 'time')} from{' '}
        <ExactTime at={replay.from} /> to <ExactTime at={replay.to} />. {unjudgedText(replay)}
        {slowText(replay)}
      </p>
      {alerts.length > 0 && (
        <DataTable
          caption="Replayed alerts"
          columns={columns}
          rows={alerts}
          rowKey={({ openedMs }) => String(openedMs)}
          empty={null}
        />
      )}
    </>
  );
}

/** What the rolling reference would have followed, by whole weeks. */
function slowText({ slow }: Replay): string {
  if (slow === null) return '';
  const names = [...new Set(slow.alerts.flatMap(({ features }) => features.map(({ name }) => name)))];
  const found =
    names.length === 0 ? 'nothing would have drifted slowly' : `${names.join(', ')} drifted slowly`;
  return ` Week by week against ${slow.referenceName}, ${found}.`;
}

const dayText = (fromMs: number) => new Date(fromMs).toISOString().slice(5, 10);

/** Days without any verdict, with what to do where they are many. */
function unjudgedText({ days }: Replay): string {
  const unjudged = days.filter(({ judged }) => judged === 0);
  if (days.length === 0) return 'Nothing was counted in that time.';
  if (unjudged.length === 0) return 'Every day of it could be judged.';
  const [first, last] = [unjudged[0], unjudged.at(-1)];
  const which =
    unjudged.length === 1 || first === undefined || last === undefined
      ? dayText(first?.fromMs ?? 0)
      : `${dayText(first.fromMs)} to ${dayText(last.fromMs)}`;
  return `${countOf(unjudged.length, 'day')} of ${days.length} cannot be judged (${which}): there are too few rows then, or of the same hours before. A fixed window or training data, judged by the day, needs no weeks before.`;
}
