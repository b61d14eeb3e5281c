'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { effectText, testWords } from '../../domain/drift/drift-words.ts';
import { evidentlyNote, type Measure, measuresOf } from '../../domain/drift/evidently-notes.ts';
import { countText, figureText } from '../../domain/figure-text.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Status } from '../ui/status.tsx';
import type { FeatureRange } from './feature-range.ts';
import { HistogramChart } from './histogram.tsx';
import type { MonitoredFeature } from './monitoring-answers.ts';
import { enoughText, judgedStanding, referenceWords, roleWords } from './monitoring-words.ts';
import { prepareHistogram } from './prepare-histogram.ts';
import { RangeTabs } from './range-tabs.tsx';
import { SegmentsPanel } from './segments-panel.tsx';
import { TrendPanel } from './trend-panel.tsx';

const refreshMs = 60_000;
type Props = { readonly featureId: string; readonly range: FeatureRange | undefined };

/** One feature: both sides bin by bin, every measure of their distance, and how it went. */
export function FeaturePage({ featureId, range }: Props) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.monitoring.feature.queryOptions({ featureId, ...(range === undefined ? {} : { range }) }),
    refetchInterval: refreshMs,
  });
  const { feature, service, environment, monitor } = data;
  return (
    <Page>
      <PageHeader
        title={feature.name}
        back={{ href: `/monitoring/${service.id}`, label: service.name }}
        description={`${capital(roleWords[feature.role])} of ${service.name} in ${environment.name}, compared with ${referenceWords[monitor.referenceKind]}.`}
      />
      <RangeTabs path={`/monitoring/${service.id}/${feature.id}`} range={range} shown={data.range} />
      <VerdictPanel data={data} />
      <SidesPanel data={data} />
      {data.bySegment !== null && <SegmentsPanel bySegment={data.bySegment} />}
      <TrendPanel data={data} />
      <MeasuresPanel data={data} />
    </Page>
  );
}

const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

type DataProps = { readonly data: MonitoredFeature };

function VerdictPanel({ data: { verdicts, evidence, phi, range } }: DataProps) {
  const span = (
    <>
      <ExactTime at={range.from} /> to <ExactTime at={range.to} />
    </>
  );
  if (verdicts === null || verdicts.length === 0)
    return (
      <Panel title="Values" description={span}>
        <p className="text-ink-muted">
          {evidence === null
            ? 'There are no rows on both sides to compare.'
            : `PSI ${figureText(evidence.psi)}, of which ${figureText(evidence.noiseFloor)} is what chance alone gives in so many rows.`}{' '}
          Verdicts are given for whole windows only: how much rows wobble together depends on the length.
        </p>
      </Panel>
    );
  return (
    <Panel title="Verdict of the window" description={span}>
      <KeyValueList
        columns={2}
        items={verdicts.map((verdict) => ({
          label: capital(testWords[verdict.test]),
          value:
            verdict.verdict === 'insufficientData' ? (
              <Status tone="neutral" label="Not enough data" />
            ) : (
              <span className="inline-flex flex-wrap items-center gap-2">
                <Status {...judgedStanding(verdict)} />
                {effectText(verdict.test, verdict.effect)}
              </span>
            ),
          hint: hintOf(verdict),
        }))}
      />
      <p className="pt-2 text-ink-muted text-xs">{phiText(phi)}</p>
    </Panel>
  );
}

/** How far earlier windows wobble more than independent rows would. */
function phiText(phi: MonitoredFeature['phi']): string {
  if (phi === null || phi.windows === 0)
    return 'How rows hang together is not known yet, so they are taken as independent.';
  const from = `by ${countText(phi.windows)} earlier windows`;
  return phi.phi === 1
    ? `Rows are worth as much as independent ones, ${from}.`
    : `${figureText(phi.phi)} rows are worth one independent one, ${from}.`;
}

/** A chance below one in ten thousand is not told apart. */
const chanceText = (p: number): string => (p < 0.0001 ? 'below 0.0001' : figureText(p));

function hintOf(verdict: NonNullable<MonitoredFeature['verdicts']>[number]) {
  if (verdict.verdict === 'insufficientData') return enoughText(verdict).label;
  const floor = verdict.test === 'distribution' ? 'noise floor' : 'standard error';
  return (
    <>
      counts from {effectText(verdict.test, verdict.limit)}, {floor}{' '}
      {effectText(verdict.test, verdict.noiseFloor)}, adjusted p {chanceText(verdict.adjustedP)}{' '}
      <Badge tone="ok">enough data</Badge>
      {verdict.restsOnIndependence &&
        ' Its rates rest on independence: there are fewer than 20 earlier windows.'}
    </>
  );
}

function SidesPanel({ data: { binning, reference, current, byRevision } }: DataProps) {
  const [by, setBy] = useState<'all' | 'version'>('all');
  const histogram = useMemo(() => {
    const before = { key: 'reference', label: 'Reference', counts: reference.counts };
    const all = { key: 'current', label: 'Current', counts: current.counts };
    const versions = byRevision.map(({ revisionId, number, version, counters }) => ({
      key: revisionId,
      label: `${version} (revision ${number})`,
      counts: counters.counts,
    }));
    return prepareHistogram(binning, by === 'all' ? [before, all] : [before, ...versions]);
  }, [binning, reference, current, byRevision, by]);
  return (
    <Panel>
      {byRevision.length > 1 && (
        <Segmented
          label="Rows of"
          value={by}
          onChange={setBy}
          options={[
            { value: 'all', label: 'All versions' },
            { value: 'version', label: 'Each version' },
          ]}
        />
      )}
      <HistogramChart title="Share of rows by bin" histogram={histogram} />
    </Panel>
  );
}

const measureColumns: readonly Column<Measure>[] = [
  { key: 'name', header: 'Measure', cell: ({ name }) => name },
  {
    key: 'value',
    header: 'Value',
    align: 'right',
    cell: ({ value }) => (value === null ? '–' : figureText(value)),
  },
  {
    key: 'note',
    header: 'Why Evidently shows another figure',
    nowrap: false,
    cell: ({ note }) => <span className="block py-1.5 text-ink-muted text-xs leading-5">{note}</span>,
  },
];

function MeasuresPanel({ data: { statistics, inputDigest, service } }: DataProps) {
  return (
    <Panel
      flush
      title="Measures of the distance"
      description={evidentlyNote}
      actions={
        <span className="text-ink-muted text-xs">
          from counters <Digest value={inputDigest} />
        </span>
      }
    >
      <DataTable
        caption="Measures"
        minWidth="44rem"
        columns={measureColumns}
        rows={measuresOf(statistics)}
        rowKey={({ name }) => name}
        empty={null}
      />
      <p className="px-4 py-2 text-ink-muted text-xs">
        <TextLink href={`/monitoring/${service.id}`}>All features of {service.name}</TextLink>
      </p>
    </Panel>
  );
}
