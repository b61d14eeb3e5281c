import { expect, it } from 'vitest';
import { ForeseenObjects } from './foreseen-objects.ts';
import type { Place } from './kubernetes-api.ts';

const place: Place = { kind: 'Service', namespace: 'production', name: 'fraud-r2' };

function world() {
  const calls: string[] = [];
  let nowMs = 0;
  const read = async ({ name }: Place) => {
    calls.push(name);
    if (name === 'broken') throw new Error('no answer');
    return null;
  };
  return {
    foreseen: new ForeseenObjects({ read }, () => nowMs),
    calls,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

it('what was asked ahead serves one write, and the next one asks anew', async () => {
  const { foreseen, calls } = world();
  foreseen.ask(place);
  expect(await foreseen.read(place)).toBeNull();
  expect(calls).toHaveLength(1);
  await foreseen.read(place);
  expect(calls).toHaveLength(2);
});

it('an answer that is older than two seconds is not believed', async () => {
  const { foreseen, calls, pass } = world();
  foreseen.ask(place);
  pass(2_001);
  await foreseen.read(place);
  expect(calls).toHaveLength(2);
});

it('a read ahead that fails is told to the write that wanted it, and to nobody else', async () => {
  const { foreseen } = world();
  const broken = { ...place, name: 'broken' };
  foreseen.ask(broken);
  await expect(foreseen.read(broken)).rejects.toThrow('no answer');
});
