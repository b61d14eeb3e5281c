import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { egressAllowance } from '../db/schema/egress.ts';
import { account } from '../db/schema/identity.ts';
import { newId } from '../server/id.ts';
import { expect, test } from './fixtures.ts';
import { addUnopenedCluster } from './support/answering-worker.ts';
import { alertWith, panel } from './support/page-words.ts';

type Source = { readonly server: Server; readonly url: string; tellRevisions(): void };

/** Two pods that counted requests 4 s ago; of which revision they are is told once the scrape copies that label. */
async function startPrometheus(): Promise<Source> {
  let tells = false;
  const answer = (query: string) => {
    const at = Date.now() / 1000;
    if (!query.includes('model_requests_total') || query.includes('code=~')) return [];
    if (query.includes('rate(')) return [{ metric: { pod: 'scoring-r1-a' }, value: [at, '12.5'] }];
    if (query.includes('fairlead_revision') && !tells) return [];
    const labels = { namespace: 'fraud', fairlead_service: 'scoring', code: '200' };
    const revision = tells ? { fairlead_revision: '1' } : {};
    return ['scoring-r1-a', 'scoring-r1-b'].map((pod) => ({
      metric: { ...labels, ...revision, pod },
      value: [at, String(at - 4)],
    }));
  };
  const server = createServer(async (request, response) => {
    const result = answer(new URLSearchParams(await text(request)).get('query') ?? '');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    server,
    url,
    tellRevisions: () => {
      tells = true;
    },
  };
}

test('a metrics source is tried on a live workload before it is saved: a private host is allowed in the same form, and what gives nothing is named', async ({
  people,
  project,
  db,
}) => {
  const { people: persons } = project.fixture;
  await db
    .update(account)
    .set({ instanceRoles: ['admin'] })
    .where(eq(account.userId, persons.admin.id));
  // The form offers a Prometheus for real clusters only; nothing here calls this one.
  const clusterId = await addUnopenedCluster(db);
  const allowed = { id: newId(), target: '127.0.0.1', purpose: 'the journeys', addedAt: new Date() };
  await db.insert(egressAllowance).values(allowed).onConflictDoNothing();
  const { server, url, tellRevisions } = await startPrometheus();
  try {
    const page = await people.as('admin', '/settings/environments/new');
    await page.getByLabel('Name', { exact: true }).fill('measured');
    await page.getByLabel('Gateway', { exact: true }).fill('gateway');
    await page.getByLabel('Its namespace').fill('gateways');
    await page.getByLabel('Cluster', { exact: true }).selectOption(clusterId);
    await page.getByLabel('Namespace', { exact: true }).fill('fraud');
    const metrics = panel(page, 'Metrics');
    await metrics.getByLabel('Source').selectOption('prometheus');

    const host = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
    await metrics.getByLabel('Address', { exact: true }).fill(`http://${host}:9090`);
    await metrics.getByLabel('Workload to try it on').fill('scoring');
    await metrics.getByRole('button', { name: 'Try the queries' }).click();
    await expect(alertWith(page, /may not be called/)).toBeVisible();
    await expect(metrics.getByLabel('Host, address or range')).toHaveValue(host);
    await metrics.getByRole('button', { name: 'Allow', exact: true }).click();
    await expect(metrics.getByLabel('Host, address or range')).toHaveValue('');
    const rows = await db.select().from(egressAllowance).where(eq(egressAllowance.target, host));
    expect(rows).toMatchObject([{ addedBy: persons.admin.id }]);

    await metrics.getByLabel('Address', { exact: true }).fill(url);
    const tryThem = metrics.getByRole('button', { name: 'Try the queries' });
    const queries = metrics.getByRole('list', { name: 'Queries' }).getByRole('listitem');
    await tryThem.click();
    await expect(queries.filter({ hasText: 'Revisions: missing' })).toContainText(
      /No label tells revisions apart: fairlead_revision is not there.*rails only.*Let the scrape copy the pod label/s,
    );
    await expect(queries.filter({ hasText: 'Durations: missing' })).toContainText('There is no series of');

    tellRevisions();
    await tryThem.click();
    await expect(queries.filter({ hasText: 'Revisions: works' })).toContainText('tells revision 1');
    await expect(queries.filter({ hasText: 'Requests: works' })).toContainText(/2 series.*newest \d+ s old/s);

    await page.getByLabel('Policy that changes follow').selectOption({ label: 'Nobody signs' });
    await page.getByRole('button', { name: 'Create the environment' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Save with queries that give nothing?' });
    await expect(dialog).toContainText('held until a person decides');
    await dialog.getByRole('button', { name: 'Save all the same' }).click();
    await expect(page.getByRole('link', { name: 'measured' })).toBeVisible();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
