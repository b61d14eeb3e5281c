import { createDatabase } from '../../../db/client.ts';
import { openChangeHub } from '../../http/change-hub.ts';
import { log } from '../../log.ts';
import { Courier } from './courier.ts';

/** For tests: a courier in a process of its own, to be killed. */
const { TEST_DATABASE_URL: url = '', TEST_WORKER_KEY: workerPrivateKey = '' } = process.env;
log.level = 'silent';
const { db } = createDatabase(url, { applicationName: 'fairlead-courier-test' });
new Courier({
  db,
  hub: await openChangeHub(url),
  workerPrivateKey,
  publicUrl: 'https://fairlead.test',
  claimMs: Number(process.env.TEST_CLAIM_MS),
});
process.stdout.write('ready\n');
