'use client';

import { useState } from 'react';
import { openPolicy } from '../../domain/policy.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { draftOfRules, newRule, rulesOfDraft } from './rules-draft.ts';
import { RulesForm } from './rules-form.tsx';
import { SignerPreview } from './signer-preview.tsx';
import { useSigners } from './use-signers.ts';

/** A new policy; it begins with one approver who is not the requester. */
export function NewPolicyPage() {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId, viewer } = useProject();
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(() => ({ ...draftOfRules(openPolicy), rules: [newRule([])] }));
  const create = useCommand((extra) => trpc.policies.create.mutationOptions(extra), {
    onDone: (done) => router.push(`/settings/policies/${done.policyId}`),
  });
  const read = rulesOfDraft(draft);
  const signers = useSigners('rules' in read ? read.rules : null);
  const reason =
    permissionReason('policies.create', viewer) ??
    ('problem' in read ? read.problem : reasonOf(signers?.refusal ?? null));
  return (
    <Page>
      <PageHeader title="New policy" crumb="New" back={{ href: '/settings/policies', label: 'Policies' }} />
      <form
        className="flex max-w-3xl flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if ('rules' in read && reason === undefined) create.run({ projectId, name, rules: read.rules });
        }}
      >
        <Panel>
          <div className="flex flex-col gap-5">
            <TextField
              label="Name"
              required
              value={name}
              placeholder="Two approvers"
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <RulesForm draft={draft} onChange={(next) => setDraft({ ...next, rules: [...next.rules] })} />
          </div>
        </Panel>
        <Panel title="With today's members">
          {'rules' in read ? (
            <SignerPreview signers={signers} asksNobody={read.rules.rules.length === 0} />
          ) : (
            <p>{read.problem}</p>
          )}
        </Panel>
        {create.error !== null && <Banner tone="bad" title={create.error} />}
        <FormActions>
          <ButtonLink href="/settings/policies">Cancel</ButtonLink>
          <Button type="submit" variant="primary" busy={create.busy} disabledReason={reason}>
            Create the policy
          </Button>
        </FormActions>
      </form>
    </Page>
  );
}
