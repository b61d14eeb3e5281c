import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase, type Database, type DatabaseHandle } from '../db/client.ts';
import { openDemoHost } from './demo/demo-host.ts';
import { startDemoTraffic } from './demo/predictions/demo-traffic.ts';
import { demoSignInLinks, fillDemo, mayFillDemo } from './demo/seed-demo.ts';
import { type Env, readEnv } from './env.ts';
import type { Fairlead } from './fairlead.ts';
import { openChangeHub } from './http/change-hub.ts';
import type { Guard } from './http/guard.ts';
import { openPages, type PageHandler } from './http/next-handler.ts';
import { browserSecret } from './http/provider-routes.ts';
import { contextFor, type Site } from './http/request-context.ts';
import { createSiteServer } from './http/server.ts';
import { startFolder } from './ingest/folder.ts';
import { KafkaConsumer } from './ingest/kafka/kafka-consumer.ts';
import { startHistograms } from './ingest/prometheus/read-sources.ts';
import { instanceKeys } from './instance-key.ts';
import { startCostAnomalies } from './jobs/budgets/cost-anomalies.ts';
import { startBudgets } from './jobs/budgets/evaluate-due.ts';
import { Courier } from './jobs/delivery/courier.ts';
import { startDrift } from './jobs/drift/judge-due.ts';
import { startLearning } from './jobs/features/learn-due.ts';
import { startHeartbeat } from './jobs/heartbeat.ts';
import { startValidations } from './jobs/quality/follow-due.ts';
import { startQueryPatterns } from './jobs/queries/follow-due.ts';
import { startReports } from './jobs/reports.ts';
import { startRetention } from './jobs/retention.ts';
import { startRetrains } from './jobs/retrains/follow-due.ts';
import { startRevisionHours } from './jobs/revision-hours.ts';
import { stateFolderOf } from './launch/checkout.ts';
import type { MainOptions, RunningMain } from './launch/launch-fairlead.ts';
import { log } from './log.ts';
import { openWorker } from './reconciler/worker.ts';
import { makeSetUpLink, needsSetUp } from './sessions/set-up.ts';
import { signInPage } from './sessions/sign-in-page.ts';
import { appRouter } from './trpc/root.ts';
import { workerKeys } from './worker-key.ts';

type Closable = () => Promise<void> | void;

/** Runs the asked-for roles of one process until `close`; signals are the caller's. */
export async function main(options: MainOptions): Promise<RunningMain> {
  const env = readEnv();
  log.level = env.LOG_LEVEL;
  const closers: Closable[] = [];
  const close = async () => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    const url = await open(options, { env, closers });
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: MainOptions,
  { env, closers }: { env: Env; closers: Closable[] },
): Promise<string> {
  const keys = await workerKeys(env, {
    stateFolder: stateFolderOf(env),
    needsPrivate: options.role !== 'web',
  });
  const handle = openDatabase(options, options.role);
  closers.push(() => handle.close());
  const opening = options.role === 'worker' ? null : openedAhead(options, env);
  closers.push(async () => await (await opening?.catch(() => null))?.close());
  if (options.demo && options.role === 'all' && (await mayFillDemo(handle.db))) {
    process.stdout.write('Filling the demo project: a day of rollouts in the sandbox cluster …\n');
    await fillNewDemo(options);
  }
  const publicUrl = env.PUBLIC_URL?.replace(/\/$/, '') ?? `http://127.0.0.1:${options.port}`;
  const hub = await openChangeHub(options.databaseUrl);
  closers.push(() => hub.close());
  if (options.role !== 'web') {
    const keptDays = env.INTERVALS_KEPT_DAYS;
    const passes = openDatabase(options, 'passes');
    closers.push(() => passes.close());
    const work = { db: handle.db, hub, workerPrivateKey: keys.privateKey, publicUrl, keptDays };
    await startWork({ ...work, passes: passes.db }, closers);
  }
  if (opening === null) return '';
  const site: Site = {
    db: handle.db,
    publicUrl,
    secure: publicUrl.startsWith('https:'),
    workerPublicKey: keys.publicKey,
    instanceKeys: await instanceKeys(env, stateFolderOf(env)),
  };
  shareWithPages(site);
  const pages = await opening;
  const { server, streams, ingestion } = createSiteServer({
    site,
    guard: guardOf(site, options),
    hub,
    pages,
  });
  const port = await listen(server, { host: env.HOST, port: options.port });
  closers.push(
    () => ingestion.close(),
    () => closeServer(server),
    () => streams.close(),
  );
  const address = env.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  await printLinks(site, address);
  if (options.demo && options.role === 'all') {
    const traffic = startDemoTraffic(handle.db);
    closers.push(() => traffic.close());
    await openHostOfDemo(site, closers);
  }
  return address;
}

/** Next is read in while the demo waits for PostgreSQL; whoever takes the pages hears of a failure. */
function openedAhead({ dev, port }: MainOptions, { HOST: host }: Env): Promise<PageHandler> {
  const opening = openPages({ dev, host, port });
  opening.catch(() => undefined);
  return opening;
}

/** The console does not need it, so it starts without it as well. */
async function openHostOfDemo(site: Site, closers: Closable[]): Promise<void> {
  const host = await openDemoHost(site).catch((error: unknown) => {
    log.warn({ error }, 'The page that embeds charts of the demo could not be opened.');
    return null;
  });
  if (host === null) return;
  closers.push(() => host.close());
  process.stdout.write(`A page of somebody else that embeds two charts of the demo: ${host.url}\n`);
}

/** Its thousand commits need not wait for the disk one by one: the sign-in links, which come last, wait for all. */
async function fillNewDemo(options: MainOptions): Promise<void> {
  const filling = openDatabase(options, 'demo', { waitsForDisk: false });
  try {
    await fillDemo(filling.db);
  } finally {
    await filling.close();
  }
}

function openDatabase(
  { databaseUrl }: MainOptions,
  name: string,
  { waitsForDisk = true } = {},
): DatabaseHandle {
  return createDatabase(databaseUrl, {
    applicationName: `fairlead-${name}`,
    waitsForDisk,
    onError: (error) => log.warn({ error }, 'A database connection was lost.'),
  });
}

type Work = ConstructorParameters<typeof Courier>[0] & {
  readonly keptDays: number;
  /** Connections of the passes alone, which find their statements planned there. */
  readonly passes: Database;
};

/** The loops of clusters and all jobs. */
async function startWork(work: Work, closers: Closable[]): Promise<void> {
  const { db, hub, workerPrivateKey, keptDays, passes } = work;
  const worker = await openWorker({ db: passes, hub, workerPrivateKey });
  closers.push(() => worker.close());
  const courier = new Courier(work);
  closers.push(() => courier.close());
  const beats = startHeartbeat({ db, hub, workerPrivateKey });
  closers.push(() => beats.close());
  const histograms = startHistograms({ db, workerPrivateKey });
  closers.push(() => histograms.close());
  const kafka = new KafkaConsumer({ db, workerPrivateKey });
  closers.push(() => kafka.close());
  for (const start of [
    startBudgets,
    startCostAnomalies,
    startDrift,
    startValidations,
    startQueryPatterns,
    startRetrains,
    startLearning,
    startFolder,
    startReports,
    () => startRetention(db, keptDays),
    startRevisionHours,
  ]) {
    const job = start(db);
    closers.push(() => job.close());
  }
}

/** Pages are bundled apart and so evaluate their own copy of our modules; they take ours from here. */
function shareWithPages(site: Site): void {
  const shared: Fairlead = {
    appRouter,
    contextFor: (header) => contextFor(site, header),
    insecure: !site.secure,
    needsSetUp: () => needsSetUp(site.db),
    signInPage: (header, flowId) =>
      signInPage({ ...site, flowId, browser: browserSecret(site, header('cookie')) }),
  };
  (globalThis as Record<symbol, unknown>)[Symbol.for('fairlead')] = shared;
}

function guardOf(site: Site, options: MainOptions): Guard {
  const local = [`127.0.0.1:${options.port}`, `localhost:${options.port}`, `[::1]:${options.port}`];
  return { hosts: new Set([new URL(site.publicUrl).host, ...local]), secure: site.secure, dev: options.dev };
}

async function printLinks(site: Site, address: string): Promise<void> {
  if (await needsSetUp(site.db)) {
    const link = await makeSetUpLink(site.db);
    process.stdout.write(`Set up the first admin within a day: ${address}/set-up#link=${link}\n`);
    return;
  }
  const links = await demoSignInLinks(site.db, address);
  if (links.length > 0)
    process.stdout.write(`Sign in to the demo (each link works once, for a day):\n${links.join('\n')}\n`);
}

function listen(server: Server, at: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Open streams were ended before; what is still being answered gets five seconds. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 5_000);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
