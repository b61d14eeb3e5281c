import { eq, inArray, isNotNull } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { project, session } from '../../db/schema/identity.ts';
import { identityProvider } from '../../db/schema/identity-providers.ts';
import {
  type GroupRule,
  groupRulesSchema,
  type IdentityProvider,
  identityProviderSchema,
  issuerRefusal,
} from '../../domain/identity-provider.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { type InstanceKey, sealSecret } from '../instance-key.ts';
import { egressAllowances } from '../rows/egress-allowances.ts';
import { clientSecretPlace, type StoredProvider, storedProvider } from '../rows/identity-provider.ts';
import { notFound } from '../rows/row-project.ts';

const setSchema = identityProviderSchema.extend({
  /** A new secret; null for a public client; left out to keep the stored one. */
  clientSecret: z.string().min(1).max(2_000).nullable().optional(),
});

/** Says through which provider people sign in. Another issuer or client needs its secret again; switching off ends sessions. */
export const setIdentityProvider = command(
  { permission: 'identityProvider.set', schema: setSchema, project: 'instance' },
  async ({ tx, input, principal, now, ctx }) => {
    const { clientSecret, ...provider } = input;
    await refuseIssuer(tx, provider.issuer);
    const before = await storedProvider(tx);
    const id = before?.id ?? newId();
    const sealedSecret = sealedFor(ctx.instanceKeys ?? [], { ...provider, id }, { clientSecret, before });
    const row = { ...provider, sealedSecret, updatedAt: now, updatedBy: principal.id };
    await tx
      .insert(identityProvider)
      .values({ ...row, id, groupRules: { schema: 1, rules: [] } })
      .onConflictDoUpdate({ target: identityProvider.id, set: row });
    const moved = before !== null && before.issuer !== provider.issuer;
    if (!provider.enabled || moved) await tx.delete(session).where(isNotNull(session.providerId));
    return {
      result: { id },
      audit: [
        {
          object: { kind: 'identityProvider', id, name: provider.name },
          sentence: sentenceOf(provider, before, clientSecret !== undefined),
          ...(before === null ? {} : { before: settingsOf(before) }),
          after: provider,
        },
      ],
    };
  },
);

async function refuseIssuer(tx: Transaction, issuer: string): Promise<void> {
  const refused = issuerRefusal(issuer, await egressAllowances(tx));
  if (refused === null) return;
  throw new DomainError({
    code: 'invalidInput',
    message: `issuer: ${refused}`,
    params: { field: 'issuer' },
  });
}

type SecretChange = {
  readonly clientSecret: string | null | undefined;
  readonly before: StoredProvider | null;
};

/** The secret to store; throws when the kept one belongs to another issuer or client, or no key is there to seal with. */
function sealedFor(
  keys: readonly InstanceKey[],
  provider: { id: string; issuer: string; clientId: string },
  { clientSecret, before }: SecretChange,
): string | null {
  if (clientSecret === null) return null;
  if (clientSecret === undefined) {
    if (before === null || before.sealedSecret === null) return null;
    if (clientSecretPlace(before) === clientSecretPlace(provider)) return before.sealedSecret;
    throw new DomainError({
      code: 'invalidInput',
      message: 'clientSecret: enter it again, because the issuer or the client id changed.',
      params: { field: 'clientSecret' },
    });
  }
  const sealed = sealSecret(keys, clientSecret, clientSecretPlace(provider));
  if (sealed !== null) return sealed;
  throw new DomainError({
    code: 'wrongState',
    message: 'This Fairlead has no key to keep the client secret under.',
    fix: 'Set INSTANCE_KEY for the web role (openssl rand -base64 32) and start it again.',
  });
}

function settingsOf(stored: StoredProvider): IdentityProvider {
  const { id: _id, sealedSecret: _secret, rules: _rules, updatedAt: _at, ...settings } = stored;
  return settings;
}

function sentenceOf(provider: IdentityProvider, before: StoredProvider | null, isNewSecret: boolean): string {
  if (before === null) return `let people sign in through ${provider.name} (${provider.issuer})`;
  if (before.enabled !== provider.enabled)
    return `switched sign-in through ${provider.name} ${provider.enabled ? 'on' : 'off'}`;
  return `changed sign-in through ${provider.name}${isNewSecret ? ' and its client secret' : ''}`;
}

/** Replaces what groups give; each person's roles follow at their next sign-in. */
export const setGroupRules = command(
  { permission: 'identityProvider.setRules', schema: groupRulesSchema, project: 'instance' },
  async ({ tx, input }) => {
    const before = await storedProvider(tx);
    if (before === null) throw notFound();
    await refuseUnknownProjects(tx, input.rules);
    await tx.update(identityProvider).set({ groupRules: input }).where(eq(identityProvider.id, before.id));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'identityProvider', id: before.id, name: before.name },
          sentence: `changed what groups at ${before.name} give (${input.rules.length} rules)`,
          before: before.rules,
          after: input.rules,
        },
      ],
    };
  },
);

async function refuseUnknownProjects(tx: Transaction, rules: readonly GroupRule[]): Promise<void> {
  const ids = [...new Set(rules.flatMap((rule) => (rule.kind === 'project' ? [rule.projectId] : [])))];
  if (ids.length === 0) return;
  const rows = await tx.select({ id: project.id }).from(project).where(inArray(project.id, ids));
  if (rows.length < ids.length)
    throw new DomainError({
      code: 'invalidInput',
      message: 'rules: one of them names a project that does not exist.',
      params: { field: 'rules' },
    });
}
