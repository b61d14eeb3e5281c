'use client';

import { useMutation } from '@tanstack/react-query';
import { hostOfUrl } from '../../domain/egress-target.ts';
import { AllowHost } from '../egress/allow-host.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { type Discovery, type ProviderDraft, providerInput } from './provider-draft.ts';

type Props = { readonly draft: ProviderDraft; readonly disabledReason: string | undefined };

/** Reads the discovery document of what stands in the form and says what is wrong, or what was found. */
export function DiscoveryTrial({ draft, disabledReason }: Props) {
  const trpc = useTrpc();
  const trial = useMutation(trpc.identityProvider.tryDiscovery.mutationOptions());
  const run = () => {
    const { name, issuer, clientId, caPem, scopes } = providerInput(draft);
    trial.mutate({ name, issuer, clientId, caPem, scopes });
  };
  const problem = trial.error === null ? null : errorSentence(trial.error);
  return (
    <section aria-label="Discovery" className="flex flex-col gap-3 border-line border-t pt-4">
      <div>
        <Button busy={trial.isPending} disabledReason={disabledReason} onClick={run}>
          Try discovery
        </Button>
      </div>
      {problem !== null && <Banner tone="bad" title={problem} />}
      {problem?.includes('Private hosts') === true && (
        <AllowHost
          key={draft.issuer}
          target={hostOfUrl(draft.issuer) ?? ''}
          purpose={`Sign-in through ${draft.name}`}
          onDone={run}
        />
      )}
      {trial.data !== undefined && <Found found={trial.data} groupsClaim={draft.groupsClaim} />}
    </section>
  );
}

function Found({ found, groupsClaim }: { found: Discovery; groupsClaim: string }) {
  const claim = groupsClaim.split('.')[0] ?? '';
  const isUnknownClaim = found.claims.length > 0 && !found.claims.includes(claim);
  return (
    <>
      <Banner tone="ok" title={`The provider answers as ${found.issuer}.`} />
      {found.unknownScopes.length > 0 && (
        <Banner
          tone="warn"
          title={`It does not list the scope ${found.unknownScopes.join(', ')} among those it knows.`}
        />
      )}
      {isUnknownClaim && (
        <Banner
          tone="warn"
          title={`It does not list the claim ${claim}; many providers send it all the same once it is mapped to the client.`}
        />
      )}
      <KeyValueList
        items={[
          { label: 'Sign-in', value: <Address url={found.authorizationEndpoint} /> },
          { label: 'Tokens', value: <Address url={found.tokenEndpoint} /> },
          { label: 'Details of people', value: <Address url={found.userinfoEndpoint} /> },
          { label: 'Sign-out', value: <Address url={found.endSessionEndpoint} /> },
        ]}
      />
    </>
  );
}

function Address({ url }: { url: string | null }) {
  return url === null ? (
    <span className="text-ink-muted">not offered</span>
  ) : (
    <code className="font-mono text-xs [overflow-wrap:anywhere]">{url}</code>
  );
}
