'use client';

import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Refusal } from '../../domain/refusal.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { Delivery } from './notice-answers.ts';
import { answerText, deliveryStanding } from './notice-words.ts';

export type DeliveryEntry = Omit<Delivery, 'tryAgainRefusal'> & {
  readonly tryAgainRefusal: Refusal | null;
  /** What was told, where the page is not about one notice. */
  readonly sentence?: string;
};

function Receiver({ row }: { row: DeliveryEntry }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <TextLink href={`/settings/channels/${row.channel.id}`}>{row.channel.name}</TextLink>
      {row.recipient !== '' && (
        <span className="text-ink-muted [overflow-wrap:anywhere]">{row.recipient}</span>
      )}
    </span>
  );
}

function Told({ row }: { row: DeliveryEntry }) {
  if (row.sentence === undefined) return row.part === 'begin' ? 'that it began' : 'that it is over';
  return (
    <TextLink href={`/notices/${row.noticeId}`}>
      <span className="line-clamp-2">{row.sentence}</span>
    </TextLink>
  );
}

function Answer({ row }: { row: DeliveryEntry }) {
  const text = answerText(row);
  return (
    <div className="min-w-0 py-1 text-xs">
      {text !== '' && (
        <span title={text} className="line-clamp-2 text-ink-muted [overflow-wrap:anywhere]">
          {text}
        </span>
      )}
      {row.maybeRepeated && (
        <span title="The answer to an attempt was lost, so the receiver may have it twice.">
          <Badge>possibly repeated</Badge>
        </span>
      )}
    </div>
  );
}

function When({ row }: { row: DeliveryEntry }) {
  if (row.nextAt !== null)
    return (
      <span className="text-ink-muted">
        next <RelativeTime at={row.nextAt} />
      </span>
    );
  return row.answeredAt === null ? null : <RelativeTime at={row.answeredAt} />;
}

function columnsOf(isOfOneNotice: boolean): readonly Column<DeliveryEntry>[] {
  return [
    ...(isOfOneNotice
      ? [{ key: 'to', header: 'To', cell: (row: DeliveryEntry) => <Receiver row={row} /> }]
      : []),
    {
      key: 'told',
      header: 'Told',
      nowrap: false,
      ...(isOfOneNotice ? { phone: 'hide' as const } : { width: '40%' }),
      cell: (row) => <Told row={row} />,
    },
    ...(isOfOneNotice
      ? []
      : [
          {
            key: 'to',
            header: 'To',
            phone: 'hide' as const,
            nowrap: false,
            width: '18%',
            cell: (row: DeliveryEntry) => <span className="[overflow-wrap:anywhere]">{row.recipient}</span>,
          },
        ]),
    {
      key: 'state',
      header: 'Status',
      cell: (row) => {
        const standing = deliveryStanding(row);
        return <Status tone={standing.tone} label={standing.label} />;
      },
    },
    { key: 'attempts', header: 'Attempts', align: 'right', phone: 'hide', cell: (row) => row.attempts },
    {
      key: 'answer',
      header: 'Answer',
      nowrap: false,
      phone: 'hide',
      width: '30%',
      cell: (row) => <Answer row={row} />,
    },
    { key: 'when', header: 'When', align: 'right', phone: 'hide', cell: (row) => <When row={row} /> },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (row.state === 'dead' ? <TryAgain row={row} /> : null),
    },
  ];
}

type Props = {
  readonly rows: readonly DeliveryEntry[];
  readonly isOfOneNotice: boolean;
  readonly empty: ReactNode;
  readonly pager?: ReactNode;
};

/** Who was told, how it went, and when it is tried next. */
export function DeliveryTable({ rows, isOfOneNotice, empty, pager }: Props) {
  return (
    <DataTable
      caption="Deliveries"
      columns={columnsOf(isOfOneNotice)}
      rows={rows}
      rowKey={(row) => row.id}
      empty={empty}
      pager={pager}
    />
  );
}

function TryAgain({ row }: { row: DeliveryEntry }) {
  const trpc = useTrpc();
  const again = useCommand((extra) => trpc.notices.tryAgain.mutationOptions(extra));
  return (
    <Button
      size="small"
      icon={RotateCcw}
      busy={again.busy}
      disabledReason={again.error ?? reasonOf(row.tryAgainRefusal)}
      onClick={() => again.run({ deliveryId: row.id })}
    >
      Try again
    </Button>
  );
}
