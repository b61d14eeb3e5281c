import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeInterval, PodInterval } from '../../domain/metering/facts.ts';
import { noDevices, type ObservedPod } from '../../domain/metering/observed.ts';
import { at, containerOf, nodeOf, podOf } from '../../domain/metering/observed-fixture.ts';
import type { MeteringNews, SeenPod } from '../cluster/metering-feed.ts';
import { type BookChanges, MeteringBook } from './metering-book.ts';

const nothing: MeteringNews = {
  state: 'live',
  sentence: null,
  whole: false,
  readAt: null,
  seenFrom: null,
  nodes: [],
  pods: [],
  devices: null,
};
const startMs = at('10:00').getTime();
const endMs = startMs + 500_000;
const stamp = (second: number) => new Date(startMs + second * 1_000);
const list: MeteringNews = {
  ...nothing,
  whole: true,
  devices: noDevices,
  nodes: [{ node: nodeOf(), ageMs: 0, gone: false }],
};

/** What the tables would hold. */
class Tables {
  readonly pods = new Map<string, PodInterval>();
  readonly nodes = new Map<string, NodeInterval>();

  save(changes: BookChanges): void {
    for (const row of changes.pods.drop) this.pods.delete(`${row.podUid}/${row.fromAt.getTime()}`);
    for (const row of changes.pods.put) this.pods.set(`${row.podUid}/${row.fromAt.getTime()}`, row);
    for (const row of changes.nodes.put) this.nodes.set(`${row.nodeUid}/${row.fromAt.getTime()}`, row);
  }

  told(): string[] {
    return [...this.pods.values()]
      .map(
        ({ podUid, fromAt, toAt, bucket }) =>
          `${podUid} ${fromAt.toJSON()} ${toAt?.toJSON() ?? ''} ${bucket}`,
      )
      .toSorted();
  }

  stored(seenUntil: Date) {
    const open = <Row extends { toAt: Date | null }>(rows: Iterable<Row>) =>
      [...rows].filter(({ toAt }) => toAt === null);
    return { nodes: open(this.nodes.values()), pods: open(this.pods.values()), seenUntil };
  }
}

type Life = {
  uid: string;
  bound: number;
  start: number;
  ready: number;
  crash: number | null;
  end: number | null;
};
const life = (uid: string) =>
  fc.record({
    uid: fc.constant(uid),
    bound: fc.integer({ min: 1, max: 50 }),
    start: fc.integer({ min: 1, max: 50 }),
    ready: fc.integer({ min: 1, max: 50 }),
    crash: fc.option(fc.integer({ min: 1, max: 50 })),
    end: fc.option(fc.integer({ min: 20, max: 200 })),
  });

/** The looks at a pod, each when its status changed, as a watch brings them. */
function looksOf({ uid, bound, start, ready, crash, end }: Life): { atSecond: number; seen: SeenPod }[] {
  const [started, wasReady] = [bound + start, bound + start + ready];
  const crashed = crash === null ? null : wasReady + crash;
  const first = { startedAt: stamp(started), finishedAt: null, again: true };
  const states: [number, Partial<ObservedPod>][] = [
    [bound, {}],
    [started, { containers: [containerOf([first])] }],
    [wasReady, { containers: [containerOf([first])], readiness: { ready: true, at: stamp(wasReady) } }],
  ];
  if (crashed !== null) {
    const ended = { ...first, finishedAt: stamp(crashed) };
    const again = { startedAt: stamp(crashed + 10), finishedAt: null, again: true };
    const readiness = { ready: false, at: stamp(crashed) };
    states.push([crashed, { containers: [containerOf([ended])], readiness }]);
    states.push([crashed + 10, { containers: [containerOf([ended, again])], readiness }]);
  }
  const last = states.at(-1) ?? [bound, {}];
  const over = end === null ? [] : [{ second: last[0] + end, state: last[1], gone: true }];
  const all = [...states.map(([second, state]) => ({ second, state, gone: false })), ...over];
  return all.map(({ second, state, gone }, index) => ({
    atSecond: second,
    seen: {
      pod: podOf({
        uid,
        name: uid,
        createdAt: stamp(bound),
        scheduledAt: stamp(bound),
        version: index + 1,
        ...state,
      }),
      ageMs: endMs - stamp(second).getTime(),
      gone,
    },
  }));
}

const lives = fc.tuple(life('a'), life('b'), life('c'));
const eventsOf = (all: readonly Life[]) =>
  all.flatMap(looksOf).toSorted((left, right) => left.atSecond - right.atSecond);

function rowsOf(turns: readonly (readonly SeenPod[])[]): string[] {
  const tables = new Tables();
  const book = new MeteringBook('c', { nodes: [], pods: [], seenUntil: stamp(0) });
  tables.save(book.apply({ ...list, seenFrom: stamp(0) }, endMs));
  for (const pods of turns) tables.save(book.apply({ ...nothing, pods }, endMs));
  return tables.told();
}

describe('rows of pods', () => {
  it('are the same one by one, all at once, twice, and in any order', () => {
    fc.assert(
      fc.property(lives, fc.infiniteStream(fc.nat()), (all, numbers) => {
        const seen = eventsOf(all).map((event) => event.seen);
        const once = rowsOf(seen.map((each) => [each]));
        expect(rowsOf([seen])).toEqual(once);
        expect(rowsOf([seen, seen])).toEqual(once);
        const keyed = seen.map((each) => ({ each, key: numbers.next().value }));
        const shuffled = keyed.toSorted((left, right) => left.key - right.key).map(({ each }) => each);
        expect(rowsOf(shuffled.map((each) => [each]))).toEqual(once);
      }),
    );
  });

  it('touch each other from the binding on, in one bucket at a time', () => {
    fc.assert(
      fc.property(lives, (all) => {
        const rows = rowsOf([eventsOf(all).map((event) => event.seen)]).map((row) => row.split(' '));
        for (const [index, [uid, from]] of rows.entries()) {
          const before = rows[index - 1];
          if (before?.[0] === uid) expect(before?.[2]).toBe(from);
        }
      }),
    );
  });

  it('go on over a worker that stops at any moment, when what is there tells the rest', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 300 }), (all, cut) => {
        const events = eventsOf(all.map((each) => ({ ...each, end: null })));
        const whole = rowsOf([events.map(({ seen }) => seen)]);
        const tables = new Tables();
        const first = new MeteringBook('c', { nodes: [], pods: [], seenUntil: stamp(0) });
        tables.save(first.apply({ ...list, seenFrom: stamp(0) }, startMs));
        for (const { atSecond, seen } of events)
          if (atSecond <= cut)
            tables.save(
              first.apply({ ...nothing, pods: [{ ...seen, ageMs: 0 }] }, stamp(atSecond).getTime()),
            );
        const second = new MeteringBook('c', tables.stored(stamp(cut)));
        const present = new Map(events.map(({ seen }) => [seen.pod.uid, { ...seen, ageMs: 0 }]));
        tables.save(second.apply({ ...list, pods: [...present.values()] }, endMs));
        const starts = (rows: readonly string[]) => rows.filter((row) => row.endsWith(' startupHold'));
        expect(starts(tables.told())).toEqual(starts(whole));
        const lastOf = (rows: readonly string[]) => rows.filter((row) => row.split(' ')[2] === '');
        expect(lastOf(tables.told())).toEqual(lastOf(whole));
      }),
    );
  });
});
