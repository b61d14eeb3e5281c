import type { AddressInfo } from 'node:net';
import { createDatabase } from '../../db/client.ts';
import { openChangeHub } from '../../server/http/change-hub.ts';
import { createSiteServer } from '../../server/http/server.ts';
import { tellParent } from './measured-child.ts';

/** Our own server as `main` builds it, without pages. */
const url = process.env['BENCH_DATABASE_URL'] ?? '';
const { db } = createDatabase(url);
const hosts = new Set<string>();
const site = { db, publicUrl: 'http://127.0.0.1', secure: false, workerPublicKey: '', instanceKeys: [] };
const { server } = createSiteServer({
  site,
  guard: { hosts, secure: false, dev: false },
  hub: await openChangeHub(url),
  pages: null,
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  hosts.add(`127.0.0.1:${port}`);
  tellParent(port);
});
