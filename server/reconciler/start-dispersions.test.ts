import { expect, it } from 'vitest';
import { StartDispersions } from './start-dispersions.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute));

function counting() {
  let measured = 0;
  const measure = async () => {
    measured += 1;
    return { phi: measured, backedByHistory: true, df: 10 };
  };
  return { measure, measured: () => measured };
}

it('what was measured while a request waited serves its start for five minutes, also on a clock that was set back', async () => {
  const dispersions = new StartDispersions();
  const { measure, measured } = counting();
  await dispersions.prepare('fraud', 'request 1', { now: at(0), measure });
  const { phi } = await dispersions.prepare('fraud', 'request 1', { now: at(4), measure });
  expect([phi, measured()]).toEqual([1, 1]);
  expect((await dispersions.prepare('fraud', 'request 1', { now: at(5), measure })).phi).toBe(2);
  expect((await dispersions.prepare('fraud', 'request 1', { now: at(1), measure })).phi).toBe(3);
});

it('another request, or one whose rollout has started, is measured anew', async () => {
  const dispersions = new StartDispersions();
  const { measure } = counting();
  await dispersions.prepare('fraud', 'request 1', { now: at(0), measure });
  expect((await dispersions.prepare('fraud', 'request 2', { now: at(0), measure })).phi).toBe(2);
  dispersions.forget('fraud');
  expect((await dispersions.prepare('fraud', 'request 2', { now: at(0), measure })).phi).toBe(3);
});

it('a failure is heard by who asked, and the next one measures again', async () => {
  const dispersions = new StartDispersions();
  const measure = () => Promise.reject(new Error('The source is away.'));
  await expect(dispersions.prepare('fraud', 'request 1', { now: at(0), measure })).rejects.toThrow('away');
  const again = dispersions.prepare('fraud', 'request 1', { now: at(0), measure: counting().measure });
  expect((await again).phi).toBe(1);
});
