import { describe, expect, it } from 'vitest';
import { exampleRevision, exampleScope } from '../../domain/example-rollout.ts';
import type { LogQuestion, Pod } from '../../domain/pod.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterParts } from './cluster-parts.ts';

const serving = { scope: exampleScope };
const secretEnv = [{ name: 'DB_PASSWORD', value: 'hunter2hunter2' }];
const revision = {
  ...exampleRevision(2),
  podTemplate: { spec: { containers: [{ name: 'server', image: 'server', env: secretEnv }] } },
};

function pod(name: string, restarts: number): Pod {
  return {
    name,
    uid: name,
    revisionNumber: 2,
    phase: 'Running',
    ready: restarts === 0,
    restarts,
    node: 'node-1',
    gpuCount: 1,
    createdAt: '2026-03-01T10:00:00.000Z',
    deletingAt: null,
    problem: null,
    labels: {},
    containers: [
      {
        name: 'server',
        image: 'server',
        init: false,
        ready: restarts === 0,
        restarts,
        state: { kind: 'running', startedAt: null },
        lastTermination: null,
      },
    ],
  };
}

type Ports = Pick<Cluster, 'pods' | 'events' | 'readLog'>;
const answering: Ports = {
  pods: async () => ({ pods: [pod('a', 0), pod('b', 2)], truncated: false }),
  events: async () => ({ events: [], truncated: false }),
  readLog: async ({ pod: name, previous }) => ({ text: `${name} ${previous}\n`, truncated: false }),
};

async function partsOf(change: Partial<Ports>, leftMs = 5_000) {
  const cluster = { ...answering, ...change } as Cluster;
  return await clusterParts({ cluster, loaded: { serving } as never, revision, leftMs });
}

describe('what the cluster shows of a revision', () => {
  it('has the last 500 lines of every container, and of the run before of one that was restarted', async () => {
    const asked: LogQuestion[] = [];
    const { logs } = await partsOf({
      readLog: async (question, limits) => {
        asked.push(question);
        return await answering.readLog(question, limits);
      },
    });
    expect(logs).toMatchObject({
      kind: 'taken',
      value: [
        { pod: 'a', text: 'a false\n' },
        { pod: 'b', previous: false },
        { pod: 'b', text: 'b true\n' },
      ],
    });
    expect(asked.every(({ tailLines }) => tailLines === 500)).toBe(true);
  });

  it('holds no secret: neither by its look nor by the value that the specification gives it', async () => {
    const text = 'Bearer abcdef123456 and hunter2hunter2 and a \u0000 byte\n';
    const { logs, pods } = await partsOf({
      readLog: async () => ({ text, truncated: false }),
      pods: async () => ({ pods: [{ ...pod('a', 0), problem: 'password=swordfish' }], truncated: false }),
    });
    const all = JSON.stringify({ logs, pods });
    for (const secret of ['abcdef123456', 'hunter2hunter2', 'swordfish', '\\u0000'])
      expect(all).not.toContain(secret);
    expect(all).toContain('[redacted]');
  });

  it('goes on without what does not answer in time or is refused, and says why', async () => {
    const parts = await partsOf(
      {
        events: async () => {
          throw new DomainError({ code: 'rightsMissing', message: 'The token may not list events.' });
        },
        readLog: ({ pod: name }) =>
          name === 'a' ? new Promise(() => undefined) : Promise.resolve({ text: 'x', truncated: true }),
      },
      200,
    );
    expect(parts.pods.kind).toBe('taken');
    expect(parts.events).toEqual({
      kind: 'missing',
      why: 'The Events could not be read: The token may not list events.',
    });
    expect(parts.logs).toMatchObject({
      kind: 'taken',
      value: [{ text: null, why: 'Its lines were not there in time.' }, { text: 'x', truncated: true }, {}],
    });
  });

  it('asks nothing when there is no time', async () => {
    const parts = await partsOf({ pods: () => Promise.reject(new Error('asked')) }, 0);
    expect(parts.pods).toEqual({ kind: 'missing', why: 'The pods were not read: the time for it was over.' });
  });

  it('is bounded: of many and long logs it keeps two mebibytes and names the rest', async () => {
    const { logs } = await partsOf({
      pods: async () => ({ pods: Array.from({ length: 100 }, (_, at) => pod(`p${at}`, 0)), truncated: true }),
      readLog: async (_question, { mostBytes }) => ({ text: 'x'.repeat(mostBytes), truncated: true }),
    });
    if (logs.kind === 'missing') throw new Error(logs.why);
    const bytes = logs.value.reduce((sum, log) => sum + (log.text?.length ?? 0), 0);
    expect(bytes).toBeLessThan(4 * 1024 * 1024);
    expect(logs.value).toHaveLength(100);
    expect(logs.value.at(-1)?.why).toBe('The record holds no more logs.');
  });
});
