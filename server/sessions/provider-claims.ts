import { type Configuration, fetchUserInfo } from 'openid-client';
import * as z from 'zod';
import { groupsInClaim, hasGroupOverage } from '../../domain/identity-provider.ts';
import { DomainError } from '../../domain/refusal.ts';

const claimsSchema = z.looseObject({
  iss: z.string().min(1).max(500),
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional().catch(undefined),
  // Some providers send it as a text.
  email_verified: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .optional()
    .catch(undefined),
  name: z.string().trim().max(200).optional().catch(undefined),
  preferred_username: z.string().trim().max(200).optional().catch(undefined),
});

/** What a provider says about the person who signed in there. */
export type ProviderPerson = {
  readonly issuer: string;
  readonly subject: string;
  /** Lowercase; null when the provider gives none. */
  readonly email: string | null;
  /** True only when the provider says so. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
};

type Tokens = { readonly accessToken: string; readonly idClaims: Readonly<Record<string, unknown>> };

/** Reads the ID token's claims and, for what it leaves out, the userinfo of the same subject. */
export async function providerPerson(
  configuration: Configuration,
  { accessToken, idClaims }: Tokens,
  provider: { readonly name: string; readonly groupsClaim: string },
): Promise<ProviderPerson> {
  const { groupsClaim } = provider;
  const isWhole = groupsInClaim(idClaims, groupsClaim) !== null && typeof idClaims['email'] === 'string';
  const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
  const more =
    isWhole || !hasUserInfo ? {} : await fetchUserInfo(configuration, accessToken, String(idClaims['sub']));
  const all: Record<string, unknown> = { ...more, ...idClaims };
  const groups = groupsInClaim(all, groupsClaim) ?? groupsInClaim(more, groupsClaim);
  if (groups === null && hasGroupOverage(all, groupsClaim))
    throw new DomainError({
      code: 'providerRefused',
      message: `${provider.name} left your groups out, because you are in more than a token takes.`,
      fix: 'Ask who runs the provider to send only the groups that are assigned to Fairlead.',
    });
  const claims = claimsSchema.parse(all);
  const email = z.email().safeParse(claims.email?.trim().toLowerCase());
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: email.success ? email.data : null,
    emailVerified: claims.email_verified === true,
    name: claims.name || claims.preferred_username || claims.email || 'Somebody without a name',
    groups: groups ?? [],
  };
}
