'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { BellOff, Check } from 'lucide-react';
import { noticeObjectPath } from '../../domain/notice-kind.ts';
import { CommentDialog } from '../promotions/comment-dialog.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import { DeliveryTable } from './delivery-table.tsx';
import type { NoticeAnswer } from './notice-answers.ts';
import { kindWord, noticeStanding } from './notice-words.ts';

const objectWords: Record<NoticeAnswer['object']['kind'], string> = {
  promotion: 'the request',
  rollout: 'the rollout',
  service: 'the service',
  environment: 'the environment',
  cluster: 'the cluster',
  channel: 'the channel',
  budget: 'the budget',
  driftAlert: 'the drift alert',
  references: 'the references',
  retrain: 'the retraining',
  project: 'the costs',
};

/** Where a message's link leads: what happened, who was told, and "I take care of it". */
export function NoticePage({ noticeId }: { noticeId: string }) {
  const trpc = useTrpc();
  const { data: notice } = useSuspenseQuery(trpc.notices.get.queryOptions({ noticeId }));
  const standing = noticeStanding(notice);
  return (
    <Page>
      <PageHeader
        title={kindWord(notice.kind)}
        back={{ href: '/notices', label: 'Notices' }}
        status={<Status tone={standing.tone} label={standing.label} />}
        description={notice.sentence}
        actions={
          <ActionBar>
            <Acknowledge notice={notice} />
          </ActionBar>
        }
      />
      <Panel title="What happened">
        <Facts notice={notice} />
      </Panel>
      <Panel flush title="Who was told">
        <DeliveryTable rows={notice.deliveries} isOfOneNotice empty={<Nobody notice={notice} />} />
      </Panel>
    </Page>
  );
}

function Acknowledge({ notice }: { notice: NoticeAnswer }) {
  const trpc = useTrpc();
  const acknowledge = useCommand((extra) => trpc.notices.acknowledge.mutationOptions(extra));
  return (
    <CommentDialog
      verb="Acknowledge"
      icon={Check}
      variant="primary"
      description="Others see that you take care of it, and it no longer counts at the bell. It is written to the audit."
      disabledReason={reasonOf(notice.refusals.acknowledge)}
      command={acknowledge}
      onSend={(comment) => acknowledge.run({ noticeId: notice.id, comment })}
    />
  );
}

function Facts({ notice }: { notice: NoticeAnswer }) {
  const { acknowledgedBy, acknowledgedAt, endedAt, endSentence, lasts } = notice;
  return (
    <KeyValueList
      items={[
        {
          label: 'About',
          value: (
            <TextLink href={noticeObjectPath(notice.object)}>Open {objectWords[notice.object.kind]}</TextLink>
          ),
        },
        {
          label: 'Began',
          value: <ExactTime at={notice.beganAt} seconds />,
          hint: <RelativeTime at={notice.beganAt} />,
        },
        ...(lasts
          ? [
              {
                label: 'Over',
                value: endedAt === null ? 'not yet' : <ExactTime at={endedAt} seconds />,
                hint: endSentence ?? undefined,
              },
            ]
          : []),
        {
          label: 'Acknowledged',
          value:
            acknowledgedBy === null || acknowledgedAt === null ? (
              'by nobody yet'
            ) : (
              <span className="inline-flex flex-wrap items-center gap-2">
                <Person name={acknowledgedBy.name} /> <RelativeTime at={acknowledgedAt} />
              </span>
            ),
        },
      ]}
    />
  );
}

function Nobody({ notice }: { notice: NoticeAnswer }) {
  return (
    <EmptyState icon={BellOff} title="Nobody was told outside the console">
      {reasonOfSilence(notice)} <TextLink href="/settings/channels">See the channels</TextLink>.
    </EmptyState>
  );
}

function reasonOfSilence({ origin, routedAt, endedAt }: NoticeAnswer): string {
  if (origin === 'demo') return 'It belongs to the story of the demo, which sends nothing anywhere.';
  if (routedAt !== null) return 'No channel of the project tells this.';
  return endedAt === null
    ? 'It is told if it lasts a minute, or as soon as a worker runs.'
    : 'It was over before it was told.';
}
