'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { TextLink } from '../ui/link.tsx';
import { Columns, Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';
import type { PolicyDetail } from './policy-answers.ts';
import { PolicyRevisions } from './policy-revisions.tsx';
import { rulesText } from './policy-words.ts';
import { draftOfRules, rulesOfDraft } from './rules-draft.ts';
import { RulesForm } from './rules-form.tsx';
import { SignerPreview } from './signer-preview.tsx';
import { useSigners } from './use-signers.ts';

/** One policy: its rules to edit, who could sign, which environments follow it, and its revisions. */
export function PolicyPage({ policyId }: { policyId: string }) {
  const trpc = useTrpc();
  const { data: policy } = useSuspenseQuery(trpc.policies.get.queryOptions({ policyId }));
  return (
    <Page>
      <PageHeader
        title={policy.name}
        back={{ href: '/settings/policies', label: 'Policies' }}
        description={`Asks for the signature of ${rulesText(policy.rules)}.`}
        meta={
          <>
            <span>Revision {policy.number}</span>
            <RelativeTime at={policy.createdAt} />
            <span>by {policy.createdBy.name}</span>
          </>
        }
      />
      {policy.unsatisfiable !== null && (
        <Banner tone="bad" title={policy.unsatisfiable.message}>
          {policy.unsatisfiable.fix}
        </Banner>
      )}
      <Columns
        main={<ReviseForm key={policy.revisionId} policy={policy} />}
        aside={
          <>
            <Panel title="Environments that follow it">
              {policy.environments.length === 0 ? (
                <p className="text-ink-muted">None.</p>
              ) : (
                <ul className="flex flex-col gap-1">
                  {policy.environments.map((environment) => (
                    <li key={environment.id}>
                      <TextLink href={`/settings/environments/${environment.id}`}>
                        {environment.name}
                      </TextLink>
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
            <PolicyRevisions revisions={policy.revisions} />
          </>
        }
      />
    </Page>
  );
}

function ReviseForm({ policy }: { policy: PolicyDetail }) {
  const trpc = useTrpc();
  const show = useToast();
  const present = draftOfRules(policy.rules);
  const [draft, setDraft] = useState(present);
  const revise = useCommand((extra) => trpc.policies.revise.mutationOptions(extra), {
    onDone: ({ number, voidedPromotionIds: voided }) =>
      show({
        tone: voided.length > 0 ? 'warn' : 'ok',
        title: `Revision ${number} is in force`,
        body: voided.length > 0 ? `${voided.length} open requests became void.` : undefined,
      }),
  });
  const read = rulesOfDraft(draft);
  const isSame = JSON.stringify(draft) === JSON.stringify(present);
  const signers = useSigners('rules' in read ? read.rules : null);
  const reason =
    reasonOf(policy.refusals.revise) ??
    ('problem' in read
      ? read.problem
      : isSame
        ? 'Nothing is changed yet.'
        : reasonOf(signers?.refusal ?? null));
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if ('rules' in read && reason === undefined)
          revise.run({ policyId: policy.id, rules: read.rules, seenRevisionId: policy.revisionId });
      }}
    >
      <Panel
        title="Rules"
        description="Saving makes a new revision; open requests of its environments become void, visibly"
      >
        <RulesForm draft={draft} onChange={(next) => setDraft(next)} />
      </Panel>
      <Panel title="With today's members">
        {'rules' in read ? (
          <SignerPreview signers={signers} asksNobody={read.rules.rules.length === 0} />
        ) : (
          <p>{read.problem}</p>
        )}
      </Panel>
      {revise.error !== null && <Banner tone="bad" title={revise.error} />}
      <FormActions>
        <Button onClick={() => setDraft(present)}>Take back</Button>
        <Button type="submit" variant="primary" busy={revise.busy} disabledReason={reason}>
          Save as a new revision
        </Button>
      </FormActions>
    </form>
  );
}
