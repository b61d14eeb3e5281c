'use client';

import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { useCommand } from '../use-command.ts';
import type { ChannelAnswer } from './channel-answers.ts';
import { channelInput, draftOfChannel, emptyDraft, missingPart } from './channel-draft.ts';
import { PrivateReceiver, TargetFields } from './channel-fields.tsx';
import { RulesFields } from './rules-fields.tsx';

/** A new channel; it leads to its page, where a test is sent. */
export function NewChannelPage() {
  return (
    <Page>
      <PageHeader title="New channel" crumb="New" back={{ href: '/settings/channels', label: 'Channels' }} />
      <ChannelForm present={null} />
    </Page>
  );
}

/** Makes a channel, or changes one. */
export function ChannelForm({ present }: { present: ChannelAnswer | null }) {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId, viewer } = useProject();
  const [draft, setDraft] = useState(() => (present === null ? emptyDraft : draftOfChannel(present)));
  const [isSaved, setIsSaved] = useState(false);
  const create = useCommand((extra) => trpc.channels.create.mutationOptions(extra), {
    onDone: ({ channelId }) => router.push(`/settings/channels/${channelId}`),
  });
  const update = useCommand((extra) => trpc.channels.update.mutationOptions(extra), {
    onDone: () => {
      setIsSaved(true);
      setDraft({ ...draft, secret: '' });
    },
  });
  const error = create.error ?? update.error;
  const reason = permissionReason(present === null ? 'channels.create' : 'channels.update', viewer);
  return (
    <form
      className="flex max-w-3xl flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (present === null) create.run({ projectId, ...channelInput(draft) });
        else update.run({ channelId: present.id, ...channelInput(draft) });
      }}
    >
      <TargetFields
        draft={draft}
        onChange={(next) => {
          setIsSaved(false);
          setDraft(next);
        }}
        isStored={present !== null}
      />
      <RulesFields draft={draft} onChange={setDraft} />
      {error !== null && <Banner tone="bad" title={error} />}
      {error?.includes('allow this host') === true && <PrivateReceiver draft={draft} />}
      {isSaved && error === null && <Banner tone="ok" title="Saved." />}
      <FormActions>
        <ButtonLink href="/settings/channels">Cancel</ButtonLink>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy || update.busy}
          disabledReason={reason ?? missingPart(draft, present === null)}
        >
          {present === null ? 'Add the channel' : 'Save'}
        </Button>
      </FormActions>
    </form>
  );
}
