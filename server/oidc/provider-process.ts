import { createInterface } from 'node:readline';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderPeople, ProviderSettings } from './provider-fixture.ts';

/** For tests: a certified OpenID provider as a process of its own; who is who there is told to it by lines of JSON. */
const settings = JSON.parse(process.argv[2] ?? '{}') as ProviderSettings;
let people: ProviderPeople = settings.people;

/** Nobody has to consent: the question is not ours. */
async function grantAll(ctx: KoaContextWithOIDC) {
  const { client, session } = ctx.oidc;
  const grant = new ctx.oidc.provider.Grant({
    ...(client === undefined ? {} : { clientId: client.clientId }),
    ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
  });
  grant.addOIDCScope('openid profile email groups');
  await grant.save();
  return grant;
}

const provider = new Provider(settings.issuer, {
  clients: [
    {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      redirect_uris: [settings.redirectUri],
      post_logout_redirect_uris: [settings.afterSignOut],
    },
  ],
  claims: {
    openid: ['sub'],
    profile: ['name'],
    email: ['email', 'email_verified'],
    groups: ['groups'],
  },
  scopes: ['openid', 'profile', 'email', 'groups'],
  // As Keycloak does by default; the certified way leaves them to userinfo.
  conformIdTokenClaims: settings.claimsIn === 'userinfo',
  cookies: { keys: ['only for tests'] },
  findAccount: (_ctx, login) => ({
    accountId: login,
    claims: () => ({ sub: login, ...people[login] }),
  }),
  loadExistingGrant: grantAll,
});

createInterface({ input: process.stdin }).on('line', (line) => {
  people = JSON.parse(line) as ProviderPeople;
  process.stdout.write('told\n');
});
provider.listen(Number(new URL(settings.issuer).port), '127.0.0.1', () => process.stdout.write('ready\n'));
