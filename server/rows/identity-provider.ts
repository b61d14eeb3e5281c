import type { Queries } from '../../db/client.ts';
import { identityProvider } from '../../db/schema/identity-providers.ts';
import { type GroupRule, groupRulesSchema, type IdentityProvider } from '../../domain/identity-provider.ts';

export type StoredProvider = IdentityProvider & {
  readonly id: string;
  readonly sealedSecret: string | null;
  readonly rules: readonly GroupRule[];
  readonly updatedAt: Date;
};

/** The instance's identity provider, also when it is switched off; null when there is none. */
export async function storedProvider(queries: Queries): Promise<StoredProvider | null> {
  const rows = await queries.select().from(identityProvider).limit(1);
  const row = rows[0];
  if (row === undefined) return null;
  const { groupRules, updatedBy: _by, ...provider } = row;
  return { ...provider, rules: groupRulesSchema.parse(groupRules).rules };
}

/** What a sealed client secret belongs to: with another issuer or client it does not open, so it cannot be sent elsewhere. */
export function clientSecretPlace(provider: { id: string; issuer: string; clientId: string }): string {
  return `identityProvider:${provider.id}:${provider.issuer}:${provider.clientId}`;
}
