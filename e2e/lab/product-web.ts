import type { AddressInfo } from 'node:net';
import { createDatabase } from '../../db/client.ts';
import { openChangeHub } from '../../server/http/change-hub.ts';
import { createSiteServer } from '../../server/http/server.ts';
import { makeSetUpLink, needsSetUp } from '../../server/sessions/set-up.ts';

/**
 * The web role as `main` builds it, but without pages: a lab test speaks to the API, and must not depend on whether the
 * pages of this checkout are built.
 */
const databaseUrl = process.env.DATABASE_URL ?? '';
const port = Number(process.env.PORT ?? 3000);
const publicUrl = `http://127.0.0.1:${port}`;
const { db } = createDatabase(databaseUrl, { applicationName: 'fairlead-web' });
const site = {
  db,
  publicUrl,
  secure: false,
  workerPublicKey: process.env.WORKER_PUBLIC_KEY ?? '',
  instanceKeys: [],
};
const guard = { hosts: new Set([`127.0.0.1:${port}`]), secure: false, dev: false };
const { server } = createSiteServer({ site, guard, hub: await openChangeHub(databaseUrl), pages: null });
const link = (await needsSetUp(db)) ? await makeSetUpLink(db) : '';
server.listen(port, '127.0.0.1', () => {
  console.log(`Listening on ${(server.address() as AddressInfo).port}, link=${link}`);
});
