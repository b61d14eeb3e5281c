import type { ServerMetadata } from 'openid-client';

/** What a discovery document lacks for the authorization code flow, as the end of a sentence; null when nothing. */
export function missingMetadata(metadata: ServerMetadata): string | null {
  const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
  const absent = needed.filter((name) => metadata[name] === undefined);
  if (absent.length > 0) return `does not name its ${absent.join(' and ')}.`;
  const types = metadata.response_types_supported;
  if (types !== undefined && !types.includes('code')) return 'does not offer the authorization code flow.';
  const challenges = metadata.code_challenge_methods_supported;
  if (challenges !== undefined && !challenges.includes('S256')) return 'does not offer PKCE with S256.';
  return null;
}

/** What people want to know of a discovery document before they save. */
export function metadataFacts(metadata: ServerMetadata, scopes: readonly string[]) {
  const known = metadata.scopes_supported;
  return {
    issuer: metadata.issuer,
    authorizationEndpoint: metadata.authorization_endpoint ?? null,
    tokenEndpoint: metadata.token_endpoint ?? null,
    userinfoEndpoint: metadata.userinfo_endpoint ?? null,
    endSessionEndpoint: metadata.end_session_endpoint ?? null,
    /** Asked for, but not in the provider's list; empty when it publishes none. */
    unknownScopes: known === undefined ? [] : scopes.filter((scope) => !known.includes(scope)),
    claims: metadata.claims_supported ?? [],
  };
}
