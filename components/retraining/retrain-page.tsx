'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { CircleX } from 'lucide-react';
import { effectText, testWords } from '../../domain/drift/drift-words.ts';
import { countOf } from '../../domain/figure-text.ts';
import { CommentDialog } from '../promotions/comment-dialog.tsx';
import { SignButtons } from '../promotions/sign-buttons.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { TimelinePanel } from '../rollouts/timeline-panel.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Banner } from '../ui/banner.tsx';
import { Code } from '../ui/code.tsx';
import { Digest } from '../ui/digest.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { RetrainAnswer } from './retrain-answers.ts';
import { actionText, retrainStanding } from './retrain-words.ts';

type DataProps = { readonly data: RetrainAnswer };

/** One request for a retraining: why, what it starts, who decides, how far it is, and what came of it. */
export function RetrainPage({ requestId }: { requestId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.retrains.get.queryOptions({ requestId }),
    refetchInterval: 60_000,
  });
  const { payload, outcome, service, environment } = data;
  return (
    <Page>
      <PageHeader
        title={`Retraining of ${payload.model} ${payload.modelVersion}`}
        back={{ href: `/monitoring/${service.id}`, label: service.name }}
        status={<Status {...retrainStanding(data)} />}
        description={
          <>
            {payload.alert} It serves <TextLink href={`/services/${service.id}`}>{service.name}</TextLink> in{' '}
            {environment.name}; see{' '}
            <TextLink href={`/monitoring/alerts/${payload.alertId}`}>the alert</TextLink>.
          </>
        }
        actions={<Decision data={data} />}
      />
      {outcome !== null && (
        <Banner tone={data.state === 'failed' ? 'bad' : 'warn'} title={outcome.message}>
          {outcome.fix ?? undefined}
        </Banner>
      )}
      <Panel title="What it starts">
        <KeyValueList columns={2} items={items(data)} />
      </Panel>
      <Panel title="What the training is told">
        <KeyValueList columns={2} items={told(data)} />
      </Panel>
      <TimelinePanel entries={data.timeline} auditAll={`/audit?kind=retrain&id=${data.id}`} />
    </Page>
  );
}

function items(data: RetrainAnswer) {
  const { work, signing, newVersion, noticeId } = data;
  return [
    { label: 'Starts', value: actionText(data) },
    {
      label: 'Asked for by',
      value: (
        <span className="inline-flex flex-wrap items-center gap-2">
          <Person name={data.openedBy.name} /> <RelativeTime at={data.openedAt} />
        </span>
      ),
    },
    ...(signing === null ? [] : [{ label: 'Signatures', value: signingText(data), hint: signers(data) }]),
    ...(work === null
      ? []
      : [
          {
            label: work.kind,
            value: (
              <>
                <Code>{work.name}</Code> in {work.namespace}
              </>
            ),
            hint: work.message === '' ? `it is ${work.phase}` : `${work.phase}: ${work.message}`,
          },
        ]),
    ...(noticeId === null
      ? []
      : [{ label: 'Call', value: <TextLink href={`/notices/${noticeId}`}>its delivery</TextLink> }]),
    ...(data.startedAt === null ? [] : [{ label: 'Started', value: <ExactTime at={data.startedAt} /> }]),
    {
      label: 'New version',
      value: newVersion === null ? 'none yet' : <NewVersion found={newVersion} />,
      hint:
        newVersion === null
          ? 'it closes the request when it is registered with retrainId, or with that id as a tag or as its run'
          : newVersion.reference === null
            ? 'it has brought no training data to compare with yet'
            : `its own reference: ${newVersion.reference.name}`,
    },
  ];
}

function NewVersion({ found }: { found: NonNullable<RetrainAnswer['newVersion']> }) {
  const { modelName, number } = found;
  return (
    <TextLink href={`/models/${encodeURIComponent(modelName)}/versions/${number}`}>
      {modelName} {number}
    </TextLink>
  );
}

function signingText({ state, signing }: RetrainAnswer): string {
  if (signing === null || state !== 'asked') return 'decided';
  return `${countOf(signing.missing, 'signature')} missing`;
}

function signers({ state, signing }: RetrainAnswer): string | undefined {
  if (signing === null || state !== 'asked' || signing.canStillSign.length === 0) return undefined;
  return `${signing.canStillSign.join(' or ')} can sign`;
}

function told({ payload }: RetrainAnswer) {
  return [
    { label: 'retrainId', value: <Code>{payload.retrainId}</Code> },
    { label: 'Windows from', value: <ExactTime at={new Date(payload.windowFrom)} /> },
    { label: 'Windows to', value: <ExactTime at={new Date(payload.windowTo)} /> },
    {
      label: 'Features',
      value:
        payload.features.length === 0
          ? 'none in particular'
          : payload.features
              .map(({ name, test, effect }) => `${name} (${testWords[test]}: ${effectText(test, effect)})`)
              .join(', '),
    },
    {
      label: 'Input digest',
      value: payload.inputDigest === null ? 'not known' : <Digest value={payload.inputDigest} />,
    },
  ];
}

function Decision({ data }: DataProps) {
  const trpc = useTrpc();
  const approve = useCommand((extra) => trpc.retrains.approve.mutationOptions(extra));
  const reject = useCommand((extra) => trpc.retrains.reject.mutationOptions(extra));
  const close = useCommand((extra) => trpc.retrains.close.mutationOptions(extra));
  const { id: requestId, signing, refusals } = data;
  const subjectDigest = signing?.subjectDigest ?? '';
  return (
    <ActionBar>
      {signing !== null && (
        <SignButtons
          countsFor="Your signature counts for exactly what this starts, as it is now."
          signed={{ requestId, subjectDigest }}
          refusals={refusals}
          approve={approve}
          reject={reject}
        />
      )}
      <CommentDialog
        verb="Close"
        icon={CircleX}
        isCommentNeeded
        commentLabel="Reason"
        description="Nobody waits for a version any more. What runs in the cluster goes on."
        disabledReason={reasonOf(refusals.close)}
        command={close}
        onSend={(reason) => close.run({ requestId, reason })}
      />
    </ActionBar>
  );
}
