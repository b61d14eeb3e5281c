'use client';

import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Link } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { useCommand } from '../use-command.ts';
import { ReportPreview } from './report-preview.tsx';
import { ScheduleForm } from './schedule-form.tsx';

type Reports = inferRouterOutputs<AppRouter>['reports']['get'];

/** When the weekly report of the project goes out, to whom, and what it would say now. */
export function ReportPage() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const queries = useQueryClient();
  const { data } = useSuspenseQuery(trpc.reports.get.queryOptions({ projectId }));
  const onDone = () => void queries.invalidateQueries(trpc.reports.get.queryFilter({ projectId }));
  return (
    <Page>
      <PageHeader
        title="Weekly report"
        description="What changed in this project since last week, in words and pictures, for people who do not open the console."
        actions={
          <>
            <ReportPreview />
            <SendNow reports={data} onDone={onDone} />
          </>
        }
      />
      <Panel title="When">
        <ScheduleForm schedule={data.schedule} disabledReason={reasonOf(data.refusals.set)} onDone={onDone} />
      </Panel>
      <Panel title="To whom">
        <Receivers reports={data} />
      </Panel>
    </Page>
  );
}

function Receivers({ reports: { channels, nextAt, last } }: { reports: Reports }) {
  return (
    <div className="flex flex-col gap-3">
      {channels.length === 0 && (
        <Banner tone="warn" title="Nobody gets it: no channel tells weekly reports.">
          Add a channel under <Link href="/settings/channels">Channels</Link> that hears everything; a mail
          channel needs an address that hears all.
        </Banner>
      )}
      <KeyValueList
        items={[
          { label: 'Channels', value: channels.length === 0 ? 'none' : <ChannelLinks channels={channels} /> },
          { label: 'Next', value: nextAt === null ? 'not scheduled' : <ExactTime at={nextAt} /> },
          {
            label: 'Last',
            value:
              last === null ? (
                'none yet'
              ) : (
                <Link href={`/notices/${last.id}`}>
                  <RelativeTime at={last.beganAt} />
                </Link>
              ),
          },
        ]}
      />
      <p className="text-ink-muted">
        E-mail carries the pictures in itself. Slack and webhooks get the words and a link, no picture. A
        channel that mutes “Weekly report”, or hears only what is high, does not get it.
      </p>
    </div>
  );
}

function ChannelLinks({ channels }: { channels: Reports['channels'] }) {
  return (
    <ul className="flex flex-wrap gap-x-4">
      {channels.map(({ id, name }) => (
        <li key={id}>
          <Link href={`/settings/channels/${id}`}>{name}</Link>
        </li>
      ))}
    </ul>
  );
}

function SendNow({ reports, onDone }: { reports: Reports; onDone: () => void }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const send = useCommand((extra) => trpc.reports.sendNow.mutationOptions(extra), { onDone });
  const count = reports.channels.length;
  const reason =
    reasonOf(reports.refusals.sendNow) ?? (count === 0 ? 'No channel tells weekly reports.' : undefined);
  return (
    <ConfirmDialog
      title="Send the report of the last seven days now?"
      description={`It goes to ${count === 1 ? 'one channel' : `${count} channels`} at once and cannot be called back.`}
      confirmLabel="Send it"
      busy={send.busy}
      error={send.error ?? undefined}
      onConfirm={() => send.run({ projectId })}
      trigger={
        <Button variant="primary" disabledReason={reason}>
          Send now
        </Button>
      }
    />
  );
}
