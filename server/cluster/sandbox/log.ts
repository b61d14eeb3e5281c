import { setTimeout as sleep } from 'node:timers/promises';
import { type Database } from '../../../db/client.ts';
import type { LogQuestion, LogReading } from '../../../domain/pod.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { type ContainerLife, containerLives } from '../../../domain/sandbox/container-life.ts';
import type { SandboxPod } from '../../../domain/sandbox/pod.ts';
import {
  type LoggedLine,
  type LogSource,
  lastLogLines,
  podLogLines,
} from '../../../domain/sandbox/pod-log.ts';
import { defaultClusterBehaviour, valueAt } from '../../../domain/sandbox.ts';
import { type SandboxRecord, sandboxRecord } from '../../metrics/sandbox-query.ts';
import { workloadsOf } from './pods.ts';
import type { WorkloadObject } from './stored-object.ts';
import { unreachable } from './unreachable.ts';
import { objectsOf } from './world-store.ts';

export type LogWorld = {
  readonly db: Database;
  readonly clusterId: string;
  readonly clock: () => Promise<Date>;
};

type Found = {
  readonly source: LogSource;
  readonly nowMs: number;
  /** Only the serving container, the first one, writes anything. */
  readonly writes: boolean;
};

const lookEveryMs = 500;

const lineText = ({ atMs, text }: LoggedLine): string =>
  `${new Date(atMs).toISOString().replace('Z', '000000Z')} ${text}`;

type Chosen = { readonly pod: SandboxPod; readonly writes: boolean };

function chosen(workloads: readonly WorkloadObject[], question: LogQuestion): Chosen {
  for (const { body } of workloads) {
    const pod = body.pods.find(({ name }) => name === question.pod);
    if (pod === undefined) continue;
    const { containers } = body.revision.podTemplate.spec;
    const index = containers.findIndex(({ name }) => name === question.container);
    if (index >= 0) return { pod, writes: index === 0 };
    throw new DomainError({
      code: 'notFound',
      message: `Pod ${pod.name} has no container ${question.container}.`,
      fix: `It has ${containers.map(({ name }) => name).join(', ')}.`,
    });
  }
  throw new DomainError({
    code: 'notFound',
    message: `Pod ${question.pod} is gone, or is none of ${question.serviceName}.`,
    fix: 'Choose one of the pods that run now; what a pod wrote goes with it.',
  });
}

/** The run whose lines are asked for: the latest, or as a node has it for `previous`, the last that has ended. */
function lifeOf(lives: readonly ContainerLife[], { container, pod, previous }: LogQuestion): ContainerLife {
  const life = previous ? lives.findLast(({ exitCode }) => exitCode !== null) : lives.at(-1);
  if (life !== undefined) return life;
  throw new DomainError({
    code: 'wrongState',
    message: previous
      ? `previous terminated container "${container}" in pod "${pod}" not found`
      : `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`,
    fix: previous
      ? 'It has not been restarted, so there is only the present run.'
      : 'Look again in a moment.',
  });
}

async function recordOf(
  { db, clusterId }: LogWorld,
  question: LogQuestion,
  now: Date,
): Promise<SandboxRecord> {
  const record = await sandboxRecord(db, { ...question, clusterId }, now);
  if (record === null) throw new DomainError(unreachable());
  const { fault } = valueAt(record.cluster, now.getTime(), defaultClusterBehaviour);
  if (fault === 'unreachable') throw new DomainError(unreachable());
  return record;
}

async function find(world: LogWorld, question: LogQuestion): Promise<Found> {
  const now = await world.clock();
  const { history } = await recordOf(world, question, now);
  const objects = await objectsOf(world.db, world.clusterId);
  const { pod, writes } = chosen(workloadsOf({ objects }, question), question);
  const lives = containerLives(pod, history.modelVersions.get(pod.modelVersionId) ?? [], now.getTime());
  const source = { history, pod, life: lifeOf(lives, question) };
  // Only whole seconds: what a second holds is known when it is over.
  return { source, nowMs: Math.floor(now.getTime() / 1_000) * 1_000, writes };
}

function tail({ source, nowMs, writes }: Found, { tailLines, sinceTime }: LogQuestion): LoggedLine[] {
  if (!writes) return [];
  const since = sinceTime === undefined ? 0 : Date.parse(sinceTime);
  return lastLogLines(source, nowMs, tailLines).filter(({ atMs }) => atMs >= since);
}

/** The last lines of a container of the sandbox, each with the time that a node would put before it. */
export async function readSandboxLog(
  world: LogWorld,
  question: LogQuestion,
  { mostBytes }: { readonly mostBytes: number },
): Promise<LogReading> {
  const lines = tail(await find(world, question), question).map((line) => `${lineText(line)}\n`);
  let size = 0;
  const from = lines.findLastIndex((line) => {
    size += line.length;
    return size > mostBytes;
  });
  return { text: lines.slice(from + 1).join(''), truncated: from >= 0 };
}

/** Follows a container of the sandbox by looking at the clock twice a second, until its run has ended or the signal aborts. */
export async function* followSandboxLog(
  world: LogWorld,
  question: LogQuestion,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const first = await find(world, question);
  const { startMs } = first.source.life;
  yield tail(first, question).map(lineText);
  let fromMs = first.nowMs;
  for (let found = first; ; ) {
    if (found.source.life.startMs !== startMs || found.source.life.endMs <= fromMs) return;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    found = await find(world, question);
    const lines = found.writes ? podLogLines(found.source, { fromMs, toMs: found.nowMs }) : [];
    fromMs = found.nowMs;
    if (lines.length > 0) yield lines.map(lineText);
  }
}
