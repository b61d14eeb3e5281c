import { asc, count } from 'drizzle-orm';
import * as z from 'zod';
import { project } from '../../db/schema/identity.ts';
import { identity } from '../../db/schema/identity-providers.ts';
import { identityProviderSchema } from '../../domain/identity-provider.ts';
import { discover } from '../oidc/configuration.ts';
import { metadataFacts } from '../oidc/metadata.ts';
import { query } from '../query.ts';
import { storedProvider } from '../rows/identity-provider.ts';
import { callbackPath } from '../sign-in-callback.ts';

/** The provider without its secret, what to register there, and the projects that rules may name. */
export const getIdentityProvider = query(
  { permission: 'identityProvider.get', schema: z.void(), project: 'instance' },
  async ({ db, ctx }) => {
    const stored = await storedProvider(db);
    const people = await db.select({ count: count() }).from(identity);
    const projects = await db
      .select({ id: project.id, name: project.name })
      .from(project)
      .orderBy(asc(project.name))
      .limit(1_000);
    return {
      provider: stored === null ? null : withoutSecret(stored),
      rules: stored?.rules ?? [],
      redirectUri: `${ctx.publicUrl}${callbackPath}`,
      /** False without an instance key: a client secret cannot be stored then. */
      keepsSecrets: (ctx.instanceKeys ?? []).length > 0,
      people: people[0]?.count ?? 0,
      projects,
    };
  },
);

function withoutSecret(stored: NonNullable<Awaited<ReturnType<typeof storedProvider>>>) {
  const { sealedSecret, rules: _rules, ...provider } = stored;
  return { ...provider, hasSecret: sealedSecret !== null };
}

/** Reads the discovery document of what the form holds, saved or not; the refusal's sentence says what is wrong. */
export const tryDiscovery = query(
  {
    permission: 'identityProvider.tryDiscovery',
    schema: identityProviderSchema.pick({
      name: true,
      issuer: true,
      clientId: true,
      caPem: true,
      scopes: true,
    }),
    project: 'instance',
  },
  async ({ db, input }) => metadataFacts(await discover(db, input), input.scopes),
);
