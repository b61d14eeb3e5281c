import autocannon from 'autocannon';
import { createDatabase } from '../../db/client.ts';
import { account, membership, principal, project, session } from '../../db/schema/identity.ts';
import { newId } from '../../server/id.ts';
import { newSecret, secretHash } from '../../server/secret.ts';
import { type Finding, median, within } from './measure.ts';
import { type MeasuredChild, startMeasuredChild } from './measured-child.ts';

const requestsPerRound = 3_000;
const rounds = 5;
/** A round takes about two seconds; one that takes this long is stuck. */
const roundWithinMs = 60_000;

/** CPU microseconds per request of one server over a fixed number of requests, each sent as the console sends a read. */
async function cpuPerRequest(server: MeasuredChild, path: string, cookie: string): Promise<number> {
  const before = await server.cpuMicroseconds();
  const run = autocannon({
    url: `${server.url}${path}`,
    method: 'POST',
    body: '{"0":{"json":null,"meta":{"values":["undefined"]}}}',
    amount: requestsPerRound,
    connections: 8,
    timeout: 10,
    headers: { cookie, origin: server.url, 'content-type': 'application/json' },
  });
  const result = await within(run, roundWithinMs, `The calls of ${path} did not end.`);
  if (result['2xx'] !== requestsPerRound)
    throw new Error(`${path} answered ${result['2xx']} of ${requestsPerRound} requests well.`);
  return ((await server.cpuMicroseconds()) - before) / requestsPerRound;
}

/** A person with a session and one project, so that both servers have the same to read; returns the cookie. */
async function prepareRows(databaseUrl: string): Promise<string> {
  const { db, close } = createDatabase(databaseUrl);
  const [userId, projectId, secret] = [newId(), newId(), newSecret()];
  const now = new Date();
  await db.insert(principal).values({ id: userId, kind: 'user', ownerUserId: userId, name: 'Bench' });
  await db.insert(account).values({ userId, email: `${userId}@example.test`, createdAt: now });
  await db.insert(project).values({ id: projectId, name: 'Bench', slug: projectId, createdAt: now });
  await db.insert(membership).values({ projectId, userId, roles: ['viewer'] });
  const expiresAt = new Date(now.getTime() + 3_600_000);
  await db
    .insert(session)
    .values({ idHash: secretHash(secret), userId, createdAt: now, lastSeenAt: now, expiresAt });
  await close();
  return `fairlead=${secret}`;
}

/** CPU of a tRPC call against node:http doing the same SQL, in turn, after a round of warming up. */
export async function measureTrpcCpu(databaseUrl: string): Promise<Finding> {
  const cookie = await prepareRows(databaseUrl);
  const raw = await startMeasuredChild('./raw-server.ts', databaseUrl);
  const figures: { raw: number; ours: number }[] = [];
  try {
    const ours = await startMeasuredChild('./site-server.ts', databaseUrl);
    try {
      for (let round = 0; round <= rounds; round += 1) {
        const figure = {
          raw: await cpuPerRequest(raw, '/', cookie),
          ours: await cpuPerRequest(ours, '/api/trpc/projects.list?batch=1', cookie),
        };
        if (round > 0) figures.push(figure);
      }
    } finally {
      await ours.stop();
    }
  } finally {
    await raw.stop();
  }
  const of = (pick: (figure: { raw: number; ours: number }) => number) => median(figures.map(pick));
  return {
    name: 'A tRPC call against node:http with the same SQL',
    value: of((figure) => figure.ours / figure.raw),
    limit: 3,
    unit: '×',
    detail: `${of((figure) => figure.ours).toFixed(0)} µs of CPU per call against ${of((figure) => figure.raw).toFixed(0)} µs`,
  };
}
