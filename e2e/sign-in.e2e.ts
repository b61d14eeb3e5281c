import { makeSignInLink } from '../server/sessions/sign-in.ts';
import { expect, test } from './fixtures.ts';
import { createDatabaseNamed } from './support/own-database.ts';
import { alertWith } from './support/page-words.ts';
import { startSite } from './support/site-process.ts';

test('a one-time link signs a person in, and once only', async ({ people, project, db, problems }) => {
  problems.allow(/status of 401/);
  const link = await makeSignInLink(db, project.fixture.people.engineer.id, 1);
  const page = await (await people.nobody()).newPage();
  await page.goto(`/sign-in#link=${link}`);
  await expect(page.getByRole('button', { name: /Account of Egon/ })).toBeVisible();
  expect(page.url()).not.toContain('link=');

  const second = await (await people.nobody()).newPage();
  await second.goto(`/sign-in#link=${link}`);
  await expect(alertWith(second, 'This sign-in link was used already or has expired.')).toBeVisible();
});

test('whoever is not signed in is led to the sign-in page, and a wrong password gets one sentence', async ({
  people,
  problems,
}) => {
  problems.allow(/status of 401/);
  const page = await (await people.nobody()).newPage();
  await page.goto('/rollouts');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(alertWith(page, 'E-mail address or password is wrong.')).toBeVisible();
});

test('signing out ends the session', async ({ people, problems }) => {
  // What the page still asks between the end of the session and the next page.
  problems.allow(/status of 401/);
  const page = await people.as('viewer');
  await page.getByRole('button', { name: /Account of Vera/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('the first start prints a set-up link that makes the first admin, who can then sign in by password', async ({
  site,
  browser,
  problems,
}) => {
  problems.allow(/status of (400|401)/);
  const databaseUrl = await createDatabaseNamed(site.serverUrl, 'fairlead_set_up');
  const own = await startSite({ databaseUrl, args: ['--no-demo', '--role=web'] });
  try {
    const link = /(\S+\/set-up#link=\S+)/.exec(own.lines.join('\n'))?.[1] ?? '';
    const context = await browser.newContext({ baseURL: own.url });
    await problems.watch(context);
    const page = await context.newPage();
    await page.goto(link);
    await page.getByLabel('Your name').fill('Lena Ortiz');
    await page.getByLabel('E-mail').fill('lena@example.com');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create the admin' }).click();
    await expect(alertWith(page, '12 characters')).toBeVisible();
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Create the admin' }).click();
    await expect(page.getByRole('button', { name: /Account of Lena Ortiz/ })).toBeVisible();

    await context.clearCookies();
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill('lena@example.com');
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('button', { name: /Account of Lena Ortiz/ })).toBeVisible();
    await context.close();
  } finally {
    await own.close();
  }
});
