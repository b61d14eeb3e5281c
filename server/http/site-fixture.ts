import type { AddressInfo } from 'node:net';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Ingest } from '../ingest/ingest-app.ts';
import { type InstanceKey, instanceKey } from '../instance-key.ts';
import { openChangeHub } from './change-hub.ts';
import type { Site } from './request-context.ts';
import { createSiteServer } from './server.ts';

export type RunningSite = {
  readonly url: string;
  readonly site: Site;
  readonly test: TestDatabase;
  readonly ingestion: Ingest;
  close(): Promise<void>;
};

/** For tests: the key under which a site keeps its secrets. */
const siteKey: InstanceKey = instanceKey(Buffer.alloc(32, 7).toString('base64'));

/** For tests: the real HTTP side without pages, on a loopback port and a database of its own; `secure` as behind https. */
export async function openSite({ secure = false } = {}): Promise<RunningSite> {
  const test = await testDatabase();
  const hub = await openChangeHub(test.url);
  const hosts = new Set<string>();
  let url = '';
  const site: Site = {
    db: test.db,
    get publicUrl() {
      return url;
    },
    secure,
    workerPublicKey: '',
    instanceKeys: [siteKey],
  };
  const { server, streams, ingestion } = createSiteServer({
    site,
    guard: { hosts, secure, dev: false },
    hub,
    pages: null,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  hosts.add(`127.0.0.1:${port}`);
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    site,
    test,
    ingestion,
    async close() {
      streams.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ingestion.close();
      await hub.close();
      await test.drop();
    },
  };
}
