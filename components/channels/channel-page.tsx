'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Megaphone, Power, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { DeliveryTable } from '../notices/delivery-table.tsx';
import { answerText, deliveryStanding } from '../notices/notice-words.ts';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { ChannelAnswer } from './channel-answers.ts';
import { ChannelForm } from './channel-form.tsx';
import { channelKindWords, whereText } from './channel-words.ts';

/** One channel: what it told and how that went, a test, and its settings. */
export function ChannelPage({ channelId, ask }: { channelId: string; ask: Pick<ListAsk, 'page'> }) {
  const trpc = useTrpc();
  const { data: channel } = useSuspenseQuery(trpc.channels.get.queryOptions({ channelId, ...ask }));
  const [testId, setTestId] = useState<string | null>(null);
  const { deliveries, refusals } = channel;
  return (
    <Page>
      <PageHeader
        title={channel.name}
        back={{ href: '/settings/channels', label: 'Channels' }}
        status={<Status tone={channel.enabled ? 'ok' : 'neutral'} label={channel.enabled ? 'On' : 'Off'} />}
        description={`${channelKindWords[channel.kind]} to ${whereText(channel.target)}`}
        actions={<Actions channel={channel} onTest={setTestId} />}
      />
      {testId !== null && <TestAnswer channel={channel} testId={testId} />}
      <Panel flush title="What it told">
        <DeliveryTable
          rows={deliveries.rows.map((row) => ({ ...row, tryAgainRefusal: refusals.tryAgain }))}
          isOfOneNotice={false}
          empty={
            <EmptyState icon={Megaphone} title="Nothing was told yet">
              Send a test to see whether the receiver takes it.
            </EmptyState>
          }
          pager={
            <ListPager
              page={deliveries}
              noun="deliveries"
              path={`/settings/channels/${channelId}`}
              params={{}}
            />
          }
        />
      </Panel>
      <ChannelForm key={channelId} present={channel} />
    </Page>
  );
}

function Actions({ channel, onTest }: { channel: ChannelAnswer; onTest: (noticeId: string) => void }) {
  const trpc = useTrpc();
  const router = useRouter();
  const test = useCommand((extra) => trpc.channels.sendTest.mutationOptions(extra), {
    onDone: ({ noticeId }) => onTest(noticeId),
  });
  const turn = useCommand((extra) => trpc.channels.update.mutationOptions(extra));
  const remove = useCommand((extra) => trpc.channels.remove.mutationOptions(extra), {
    onDone: () => router.push('/settings/channels'),
  });
  const { id: channelId, enabled, name } = channel;
  const reason = reasonOf(channel.refusals.update);
  return (
    <ActionBar>
      <Button
        icon={Send}
        variant="primary"
        busy={test.busy}
        disabledReason={reason ?? test.error ?? undefined}
        onClick={() => test.run({ channelId })}
      >
        Send a test
      </Button>
      <Button
        icon={Power}
        busy={turn.busy}
        disabledReason={reason ?? turn.error ?? undefined}
        onClick={() => turn.run({ channelId, enabled: !enabled })}
      >
        {enabled ? 'Turn off' : 'Turn on'}
      </Button>
      <ConfirmDialog
        title={`Remove ${name}?`}
        description="What waits in it is taken back and its secret is deleted. What it told stays on record."
        confirmLabel="Remove"
        danger
        busy={remove.busy}
        error={remove.error ?? undefined}
        onConfirm={() => remove.run({ channelId })}
        trigger={
          <Button icon={Trash2} disabledReason={reason}>
            Remove
          </Button>
        }
      />
    </ActionBar>
  );
}

/** What the receiver answered to the test; every address of a mail channel has its own line. */
function TestAnswer({ channel, testId }: { channel: ChannelAnswer; testId: string }) {
  const rows = channel.deliveries.rows.filter(({ noticeId }) => noticeId === testId);
  const first = rows[0];
  if (first === undefined)
    return <Banner tone="progress" title="The test is on its way: a worker sends it." />;
  const dead = rows.find(({ state }) => state === 'dead');
  const open = rows.find(({ state }) => state !== 'sent' && state !== 'dead');
  if (dead !== undefined)
    return (
      <Banner
        tone="bad"
        title={`The receiver did not take the test${dead.recipient === '' ? '' : ` for ${dead.recipient}`}.`}
      >
        {answerText(dead)}
      </Banner>
    );
  if (open !== undefined)
    return <Banner tone="progress" title={`The test: ${deliveryStanding(open).label}.`} />;
  return (
    <Banner tone="ok" title="The receiver took the test.">
      {answerText(first)}
    </Banner>
  );
}
