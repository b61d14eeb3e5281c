import type { LogQuestion, Pod } from '../../domain/pod.ts';
import { redacted, secretValues } from '../../domain/redaction.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { RecordedLog, RolloutRecord } from '../../domain/rollout-record.ts';
import type { DesiredRevision } from '../../domain/serving.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { LoadedService } from './load-service.ts';

type Parts = Pick<RolloutRecord, 'pods' | 'events' | 'logs'>;
type Asked = {
  readonly cluster: Cluster;
  readonly loaded: LoadedService;
  readonly revision: DesiredRevision;
  /** What all answers together may take. */
  readonly leftMs: number;
};

const logLines = 500;
const bytesPerLog = 128 * 1024;
const bytesOfAllLogs = 2 * 1024 * 1024;
/** Logs that are read at once: the API server and its nodes have others to answer. */
const readersAtOnce = 6;
const mostLogs = 60;

class Late extends Error {
  override readonly name = 'Late';
}

/** What the cluster shows of a revision; each part that it does not answer in time, or refuses, says so. Secrets are taken out. */
export async function clusterParts(asked: Asked): Promise<Parts> {
  const { cluster, loaded, revision, leftMs } = asked;
  if (leftMs <= 0) return withoutTime();
  const question = { ...loaded.serving.scope, revisionNumber: revision.number };
  const secrets = secretValues(revision.podTemplate.spec);
  const endsAt = performance.now() + leftMs;
  const within = <Value>(work: Promise<Value>) => beforeTime(work, endsAt - performance.now());
  const clean = <Value>(value: Value) => cleaned(value, secrets);
  const pods = within(cluster.pods(question));
  const [podPart, eventPart, logPart] = await Promise.all([
    part('The pods', async () => {
      const { pods: found, truncated } = await pods;
      return clean({ pods: [...found], truncated });
    }),
    part('The Events', async () => {
      const { events, truncated } = await within(cluster.events(question));
      return clean({ events: [...events], truncated });
    }),
    part('The logs', async () => clean(await logsOf(cluster, { question, pods: (await pods).pods, within }))),
  ]);
  return { pods: podPart, events: eventPart, logs: logPart };
}

function withoutTime(): Parts {
  const missing = (what: string) =>
    ({ kind: 'missing', why: `${what} were not read: the time for it was over.` }) as const;
  return { pods: missing('The pods'), events: missing('The Events'), logs: missing('The logs') };
}

type Part<Value> = { kind: 'taken'; value: Value } | { kind: 'missing'; why: string };

async function part<Value>(name: string, read: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { kind: 'taken', value: await read() };
  } catch (error) {
    return { kind: 'missing', why: whyMissing(name, error) };
  }
}

function whyMissing(name: string, error: unknown): string {
  if (error instanceof Late) return `${name} were not there in time.`;
  return error instanceof DomainError
    ? `${name} could not be read: ${error.message}`
    : `${name} could not be read.`;
}

async function beforeTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Late()), Math.max(0, ms));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Reading = {
  readonly question: Omit<LogQuestion, 'pod' | 'container' | 'previous' | 'tailLines'>;
  readonly pods: readonly Pod[];
  readonly within: <Value>(work: Promise<Value>) => Promise<Value>;
};

/** The last lines of each container and, of one that was restarted, of its run before. */
async function logsOf(cluster: Cluster, { question, pods, within }: Reading): Promise<RecordedLog[]> {
  const wanted = pods.flatMap((pod) =>
    pod.containers.flatMap(({ name, restarts }) => [
      { pod: pod.name, container: name, previous: false },
      ...(restarts > 0 ? [{ pod: pod.name, container: name, previous: true }] : []),
    ]),
  );
  const logs: RecordedLog[] = wanted.map((of) => ({ ...of, text: null, truncated: false, why: null }));
  let next = 0;
  let bytesLeft = bytesOfAllLogs;
  const reader = async (): Promise<void> => {
    for (let at = next++; at < logs.length; at = next++) {
      const log = logs[at];
      if (log === undefined) return;
      logs[at] =
        at >= mostLogs || bytesLeft <= 0
          ? { ...log, why: 'The record holds no more logs.' }
          : await readOne(cluster, { question, log, within });
      bytesLeft -= logs[at]?.text?.length ?? 0;
    }
  };
  await Promise.all(Array.from({ length: readersAtOnce }, reader));
  return logs;
}

async function readOne(
  cluster: Cluster,
  { question, log, within }: Omit<Reading, 'pods'> & { log: RecordedLog },
): Promise<RecordedLog> {
  const { pod, container, previous } = log;
  const { projectId, serviceId, serviceName, namespace } = question;
  const asked = {
    projectId,
    serviceId,
    serviceName,
    namespace,
    pod,
    container,
    previous,
    tailLines: logLines,
  };
  try {
    const { text, truncated } = await within(cluster.readLog(asked, { mostBytes: bytesPerLog }));
    return { ...log, text, truncated };
  } catch (error) {
    return { ...log, why: whyMissing('Its lines', error) };
  }
}

/** Without secrets, and without what a database cannot hold. */
function cleaned<Value>(value: Value, secrets: readonly string[]): Value {
  const clean = (found: unknown): unknown => {
    if (typeof found === 'string') return redacted(found.replaceAll('\u0000', '�').toWellFormed(), secrets);
    if (Array.isArray(found)) return found.map(clean);
    if (typeof found !== 'object' || found === null) return found;
    return Object.fromEntries(Object.entries(found).map(([key, each]) => [key, clean(each)]));
  };
  return clean(value) as Value;
}
