'use client';

import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';
import { DiscoveryTrial } from './discovery-trial.tsx';
import { missingPart, type ProviderAnswer, providerDraft, providerInput } from './provider-draft.ts';
import { ProviderFields } from './provider-fields.tsx';

/** The connection to the provider, tried before it is saved. */
export function ProviderPanel({ answer }: { answer: ProviderAnswer }) {
  const trpc = useTrpc();
  const show = useToast();
  const { viewer } = useProject();
  const [draft, setDraft] = useState(providerDraft(answer.provider));
  const save = useCommand((extra) => trpc.identityProvider.set.mutationOptions(extra), {
    onDone: () => {
      setDraft((present) => ({ ...present, clientSecret: '' }));
      show({ tone: 'ok', title: 'The identity provider is saved' });
    },
  });
  const hasSecret = answer.provider?.hasSecret ?? false;
  const reason = permissionReason('identityProvider.set', viewer);
  return (
    <Panel title="Identity provider" description="OpenID Connect with the authorization code flow and PKCE">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.run(providerInput(draft));
        }}
      >
        {!answer.keepsSecrets && (
          <Banner tone="warn" title="This Fairlead has no key to keep a client secret under.">
            Set INSTANCE_KEY for the web role (openssl rand -base64 32), or use a public client.
          </Banner>
        )}
        <ProviderFields draft={draft} onChange={setDraft} hasSecret={hasSecret} />
        <DiscoveryTrial draft={draft} disabledReason={reason ?? trialReason(draft)} />
        {save.error !== null && <Banner tone="bad" title={save.error} />}
        <FormActions>
          <Button
            type="submit"
            variant="primary"
            busy={save.busy}
            disabledReason={reason ?? missingPart(draft, hasSecret)}
          >
            Save
          </Button>
        </FormActions>
      </form>
    </Panel>
  );
}

function trialReason(draft: { name: string; issuer: string; clientId: string }): string | undefined {
  const isReady = [draft.name, draft.issuer, draft.clientId].every((text) => text.trim() !== '');
  return isReady ? undefined : 'Give the name, the issuer and the client id first.';
}
