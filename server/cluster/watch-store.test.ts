import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KubernetesObject, label } from './kubernetes-objects.ts';
import { streamLines, watchEvent } from './watch-events.ts';
import { hasReached, WatchStore } from './watch-store.ts';

function object(name: string, version: number, service = 'fraud'): KubernetesObject {
  const labels = { [label.service]: service };
  return { metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), labels } };
}
const names = (objects: KubernetesObject[]): string[] => objects.map(({ metadata }) => metadata.name).sort();

describe('the store', () => {
  test('reports what vanished between two lists, and nothing for what stayed as it was', () => {
    const store = new WatchStore();
    store.replace([object('a', 1), object('b', 2)], '10');
    const changes = store.replace([object('b', 2), object('c', 11)], '12');
    expect(changes.map(({ before, after }) => [before?.metadata.name, after?.metadata.name])).toEqual([
      ['a', undefined],
      [undefined, 'c'],
    ]);
    expect(store.get('a')).toBeNull();
    expect(store.resourceVersion).toBe('12');
  });

  test('reports an object that was deleted and made again under its name', () => {
    const store = new WatchStore();
    store.replace([object('a', 1)], '1');
    const again = { metadata: { ...object('a', 1).metadata, uid: 'other' } };
    expect(store.replace([again], '2')).toHaveLength(1);
  });

  test('never goes back in time, and takes bookmarks', () => {
    const store = new WatchStore();
    store.replace([], '100');
    store.put(object('a', 120));
    store.bookmark('110');
    expect(store.resourceVersion).toBe('120');
    store.bookmark('9000');
    expect(store.resourceVersion).toBe('9000');
    store.remove(object('a', 9001));
    expect(store.resourceVersion).toBe('9001');
  });

  test('finds by service what finding by name finds, after any sequence of events', () => {
    const event = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      service: fc.constantFrom('x', 'y'),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const store = new WatchStore();
        const model = new Map<string, string>();
        for (const [index, { name, service, gone }] of events.entries()) {
          if (gone) store.remove(object(name, index + 1, service));
          else store.put(object(name, index + 1, service));
          if (gone) model.delete(name);
          else model.set(name, service);
        }
        for (const service of ['x', 'y'])
          expect(names(store.ofService(service))).toEqual(
            [...model]
              .filter(([, owner]) => owner === service)
              .map(([name]) => name)
              .sort(),
          );
      }),
    );
  });

  test('compares versions as numbers, and only for equality when they are none', () => {
    expect(hasReached('1000', '999')).toBe(true);
    expect(hasReached('999', '1000')).toBe(false);
    expect(hasReached('18446744073709551616', '18446744073709551615')).toBe(true);
    expect(hasReached('b', 'a')).toBe(false);
    expect(hasReached('a', 'a')).toBe(true);
  });
});

describe('watch lines', () => {
  const line = (type: string, content: unknown): string => JSON.stringify({ type, object: content });

  test('say what happened', () => {
    expect(watchEvent(line('ADDED', object('a', 1)), 'Service')).toEqual({
      type: 'put',
      object: object('a', 1),
    });
    expect(watchEvent(line('DELETED', object('a', 1)), 'Service').type).toBe('remove');
    expect(watchEvent(line('BOOKMARK', { metadata: { resourceVersion: '7' } }), 'Pod')).toEqual({
      type: 'bookmark',
      resourceVersion: '7',
    });
    expect(watchEvent(line('ERROR', { code: 410, message: 'too old' }), 'Pod')).toEqual({
      type: 'error',
      code: 410,
      message: 'too old',
    });
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"type":"ADDED"}',
    '{"type":"NEW","object":{}}',
    line('ADDED', { metadata: {} }),
  ])('that cannot be read are malformed: %j', (text) => {
    expect(watchEvent(text, 'Pod')).toEqual({ type: 'malformed' });
  });

  test('of pods keep their state and not their specs or owners', () => {
    const pod = { ...object('a', 1), spec: { containers: [] }, status: { phase: 'Running' } };
    const full = { ...pod, metadata: { ...pod.metadata, managedFields: [{ manager: 'kubelet' }] } };
    expect(watchEvent(line('MODIFIED', full), 'Pod')).toEqual({
      type: 'put',
      object: { ...object('a', 1), status: { phase: 'Running' } },
    });
    expect(watchEvent(line('MODIFIED', full), 'Deployment')).toEqual({ type: 'put', object: full });
  });

  test('are whole, however the bytes are cut, also inside a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
        fc.integer({ min: 1, max: 7 }),
        async (texts, size) => {
          const lines = texts.map((text) => JSON.stringify(text));
          const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_none, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          const found: string[] = [];
          let heard = 0;
          for await (const piece of streamLines(toStream(chunks), () => (heard += 1))) found.push(piece);
          expect(found).toEqual(lines);
          expect(heard).toBe(chunks.length);
        },
      ),
    );
  });

  test('without an end are refused before they fill the memory', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const read = async (): Promise<void> => {
      for await (const _piece of streamLines(
        toStream(Array.from({ length: 64 }, () => chunk)),
        () => undefined,
      ));
    };
    await expect(read()).rejects.toThrow(RangeError);
  });
});

async function* toStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
