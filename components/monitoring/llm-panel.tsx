import { countText, figureText } from '../../domain/figure-text.ts';
import { Code } from '../ui/code.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import type { ServiceMonitoring } from './monitoring-answers.ts';
import { RateText } from './rate-text.tsx';

type Llm = NonNullable<ServiceMonitoring['llm']>;
type Row = Llm['figures'][number];

function FigureText({ row, figure }: { row: Row; figure: Row['canary'] }) {
  if (figure === null || figure.rows === 0) return '–';
  if (row.kind === 'flagged') return <RateText rate={figure.flagged} />;
  if (row.kind === 'score') return figure.mean === null ? '–' : figureText(figure.mean);
  const { median, p95 } = figure;
  if (median === null || p95 === null) return '–';
  return `${figureText(median)} / ${figureText(p95)} ${row.unit ?? ''}`;
}

const kindText = {
  spread: 'half / 95 in 100 are below',
  flagged: 'share of answers',
  score: 'mean',
} as const;

function columnsOf(hasCanary: boolean): readonly Column<Row>[] {
  return [
    { key: 'label', header: 'Figure', cell: ({ label }) => label },
    {
      key: 'kind',
      header: 'Is',
      phone: 'hide',
      cell: ({ kind }) => <span className="text-ink-muted">{kindText[kind]}</span>,
    },
    {
      key: 'from',
      header: 'From',
      phone: 'hide',
      cell: ({ metric }) =>
        metric === null ? (
          <span className="text-ink-muted">what is sent</span>
        ) : (
          <>
            Prometheus <Code>{metric}</Code>
          </>
        ),
    },
    {
      key: 'stable',
      header: 'Stable',
      align: 'right',
      cell: (row) => <FigureText row={row} figure={row.stable} />,
    },
    ...(hasCanary
      ? [
          {
            key: 'canary',
            header: 'Canary',
            align: 'right' as const,
            cell: (row: Row) => <FigureText row={row} figure={row.canary} />,
          },
        ]
      : []),
    {
      key: 'rows',
      header: 'Answers',
      align: 'right',
      phone: 'hide',
      cell: ({ stable, canary }) => countText(stable.rows + (canary?.rows ?? 0)),
    },
  ];
}

/** What a language model was measured by in the last day, its canary beside stable. */
export function LlmPanel({ llm: { figures, from }, serviceId }: { llm: Llm; serviceId: string }) {
  return (
    <Panel
      flush
      title="Language model"
      description={
        <>
          Since <ExactTime at={from} />, by the bins that are counted.
        </>
      }
    >
      <DataTable
        caption="Language model"
        columns={columnsOf(figures.some(({ canary }) => canary !== null))}
        rows={figures}
        rowKey={({ featureId }) => featureId}
        rowHref={({ featureId }) => `/monitoring/${serviceId}/${featureId}`}
        empty={null}
      />
    </Panel>
  );
}
