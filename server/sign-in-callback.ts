/** The address that is registered at the identity provider, below PUBLIC_URL. */
export const callbackPath = '/api/session/callback';
