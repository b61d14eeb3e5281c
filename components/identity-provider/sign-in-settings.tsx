'use client';

import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { ProviderAnswer } from './provider-draft.ts';
import { ProviderPanel } from './provider-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';

/** How people sign in: the identity provider, and what its groups give. Local accounts always stay. */
export function SignInSettings() {
  const { viewer } = useProject();
  const reason = permissionReason('identityProvider.get', viewer);
  return (
    <Page>
      <PageHeader
        title="Sign-in"
        crumb="Sign-in"
        description="People can sign in through an OpenID Connect provider. Local accounts stay for the day on which it is down."
      />
      {reason === undefined ? (
        <Settings />
      ) : (
        <Panel flush>
          <EmptyState icon={KeyRound} title="Sign-in is for admins of the instance">
            {reason}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function Settings() {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.identityProvider.get.queryOptions());
  if (error !== null)
    return (
      <Panel flush>
        <EmptyState icon={KeyRound} title="The settings could not be read">
          {errorSentence(error)}
        </EmptyState>
      </Panel>
    );
  if (data === undefined)
    return (
      <Panel title="Identity provider">
        <SkeletonRows rows={5} columns={2} />
      </Panel>
    );
  return (
    <>
      <Registration answer={data} />
      <ProviderPanel answer={data} />
      {data.provider !== null && <RulesPanel answer={data} providerName={data.provider.name} />}
    </>
  );
}

/** What the provider has to know about this Fairlead. */
function Registration({ answer }: { answer: ProviderAnswer }) {
  const afterSignOut = new URL('/sign-in', answer.redirectUri).href;
  return (
    <Panel
      title="Register Fairlead at the provider"
      description="As a web application with these two addresses"
    >
      <KeyValueList
        items={[
          { label: 'Redirect URI', value: <Copyable text={answer.redirectUri} /> },
          {
            label: 'After sign-out',
            value: <Copyable text={afterSignOut} />,
            hint: 'Post-logout redirect URI, where the provider asks for one.',
          },
          ...(answer.provider === null
            ? []
            : [{ label: 'Came through it', value: peopleText(answer.people) }]),
        ]}
      />
    </Panel>
  );
}

function peopleText(count: number): string {
  return count === 0 ? 'nobody yet' : count === 1 ? '1 person' : `${count} people`;
}

function Copyable({ text }: { text: string }) {
  return (
    <span className="relative inline-flex items-center gap-1">
      <code className="font-mono text-xs [overflow-wrap:anywhere]">{text}</code>
      <CopyButton text={text} label={`Copy ${text}`} />
    </span>
  );
}
