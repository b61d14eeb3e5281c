import { createDatabase } from '../../db/client.ts';
import { takeLease } from '../reconciler/lease.ts';
import { sealDue } from './seal.ts';

/** For tests: a worker in a process of its own that seals what is due, to be killed in the middle. */
const { TEST_DATABASE_URL: url = '', TEST_CLUSTER: clusterId = '', TEST_NOW: at = '' } = process.env;
const { db } = createDatabase(url, { applicationName: `fairlead-seal-${process.pid}` });
const lease = await takeLease(db, { clusterId, holder: `seal-${process.pid}`, leaseMs: 600_000 });
if (lease === null) throw new Error('The lease is taken.');
process.stdout.write('ready\n');
await sealDue({ db, clusterId, clock: async () => new Date(at) }, lease);
process.stdout.write('sealed\n');
