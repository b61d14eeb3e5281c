import { eq } from 'drizzle-orm';
import { createDatabase } from '../db/client.ts';
import { account } from '../db/schema/identity.ts';
import { startProvider } from '../server/oidc/provider-fixture.ts';
import { expect, test } from './fixtures.ts';
import { createDatabaseNamed } from './support/own-database.ts';
import { alertWith, panel } from './support/page-words.ts';
import { startSite } from './support/site-process.ts';

const password = 'a long enough password';
const people = {
  lena: { name: 'Lena Ortiz', email: 'lena@corp.test', email_verified: true, groups: ['ml-engineers'] },
  nils: { name: 'Nils Berg', email: 'nils@corp.test', email_verified: true, groups: ['sales'] },
};

test('an admin connects a provider, its people come and go by their groups, and local accounts work when it is down', async ({
  site,
  browser,
  problems,
}) => {
  // Two servers are started and a provider beside them.
  test.slow();
  // The provider's own page asks a font service that no test may reach.
  problems.allow(/status of 4\d\d|fonts\.googleapis|ERR_/);
  const databaseUrl = await createDatabaseNamed(site.serverUrl, 'fairlead_provider');
  const own = await startSite({ databaseUrl, args: ['--no-demo', '--role=web'] });
  const provider = await startProvider({ publicUrl: own.url, people });
  const handle = createDatabase(databaseUrl);
  try {
    const context = await browser.newContext({ baseURL: own.url });
    await problems.watch(context);
    const page = await context.newPage();
    await page.goto(/(\S+\/set-up#link=\S+)/.exec(own.lines.join('\n'))?.[1] ?? '');
    await page.getByLabel('Your name').fill('Ada Admin');
    await page.getByLabel('E-mail').fill('ada@corp.test');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create the admin' }).click();
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await page.getByLabel('Project name').fill('Fraud');
    await page.getByRole('button', { name: 'Create project' }).click();
    await expect(page.getByRole('button', { name: /Project Fraud/ })).toBeVisible();

    await page.goto('/settings/sign-in');
    await expect(page.getByText(`${own.url}/api/session/callback`)).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('Keycloak');
    await page.getByLabel('Issuer').fill(`${provider.settings.issuer}/other`);
    await page.getByLabel('Client id').fill(provider.settings.clientId);
    await page.getByLabel('Client secret').fill(provider.settings.clientSecret);
    await page.getByLabel('Scopes').fill('profile email groups');
    await page.getByRole('button', { name: 'Try discovery' }).click();
    await expect(alertWith(page, 'is not a public address')).toBeVisible();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(alertWith(page, 'Keycloak answered with status 404')).toBeVisible();
    await page.getByLabel('Issuer').fill(provider.settings.issuer);
    await page.getByRole('button', { name: 'Try discovery' }).click();
    await expect(page.getByText(`The provider answers as ${provider.settings.issuer}.`)).toBeVisible();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const rules = panel(page, 'What groups give');
    await rules.getByRole('button', { name: 'Add a rule' }).click();
    await rules.getByLabel('Group 1').fill('ml-engineers');
    await rules.getByLabel('engineer').check();
    await rules.getByRole('button', { name: 'Save the rules' }).click();
    await expect(page.getByText('What groups give is saved').first()).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Client secret')).toHaveValue('');
    await expect(rules.getByLabel('Group 1')).toHaveValue('ml-engineers');

    const visitor = await (await browser.newContext({ baseURL: own.url })).newPage();
    await problems.watch(visitor.context());
    await visitor.goto('/settings/account');
    await visitor.getByRole('button', { name: 'Sign in with Keycloak' }).click();
    await visitor.getByPlaceholder('Enter any login').fill('lena');
    await visitor.getByPlaceholder('and password').fill('anything');
    await visitor.getByRole('button', { name: 'Sign-in' }).click();
    await expect(visitor).toHaveURL(`${own.url}/settings/account`);
    await expect(visitor.getByRole('heading', { name: 'Lena Ortiz' })).toBeVisible();

    await page.goto('/settings/members');
    await expect(page.getByRole('row', { name: /Lena Ortiz/ })).toContainText('engineer by group');

    await visitor.getByRole('button', { name: /Account of Lena Ortiz/ }).click();
    await visitor.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(visitor.getByText('You are signed out of Fairlead.')).toBeVisible();
    await visitor.getByRole('link', { name: 'Sign out of Keycloak too' }).click();
    await visitor.getByRole('button', { name: 'Yes, sign me out' }).click();
    await expect(visitor).toHaveURL(/\/sign-in/);

    await visitor.getByRole('button', { name: 'Sign in with Keycloak' }).click();
    await visitor.getByPlaceholder('Enter any login').fill('nils');
    await visitor.getByPlaceholder('and password').fill('anything');
    await visitor.getByRole('button', { name: 'Sign-in' }).click();
    await expect(alertWith(visitor, 'You are nils@corp.test at Keycloak')).toContainText('sales');
    await visitor.goto('/models');
    await expect(visitor).toHaveURL(/\/sign-in\?return=%2Fmodels/);

    await page.goto('/settings/sign-in');
    await page.getByRole('switch', { name: 'Hide the local form behind a link' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('The identity provider is saved').first()).toBeVisible();
    await visitor.goto('/sign-in');
    await expect(visitor.getByLabel('Password')).toBeHidden();
    await visitor.getByRole('link', { name: 'Sign in with a local account' }).click();
    await expect(visitor.getByLabel('Password')).toBeVisible();

    await provider.close();
    await visitor.goto('/sign-in?return=%2Fmodels');
    await visitor.getByRole('button', { name: 'Sign in with Keycloak' }).click();
    await expect(alertWith(visitor, 'Keycloak cannot be asked')).toBeVisible();
    await visitor.getByLabel('E-mail').fill('ada@corp.test');
    await visitor.getByLabel('Password').fill(password);
    await visitor.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(visitor).toHaveURL(`${own.url}/models`);
    const rows = await handle.db.select().from(account).where(eq(account.email, 'nils@corp.test'));
    expect(rows).toEqual([]);
  } finally {
    await handle.close();
    await provider.close();
    await own.close();
  }
});
