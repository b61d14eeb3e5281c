import { expect, test } from 'vitest';
import type { BoardSpec } from '../../domain/board.ts';
import { added, chartsOf, draftOf, moved, resized } from './board-draft.ts';

const spec: BoardSpec = {
  schema: 1,
  range: '24h',
  charts: [
    { spec: { kind: 'gpuUse' }, title: null, size: 'half' },
    { spec: { kind: 'leadTime' }, title: null, size: 'full' },
  ],
};
const kinds = (draft: ReturnType<typeof draftOf>) => chartsOf(draft).map((chart) => chart.spec.kind);

test('a chart moves by one place and stays where it is at either end', () => {
  const draft = draftOf(spec);
  expect(kinds(moved(draft, 1, -1))).toEqual(['leadTime', 'gpuUse']);
  expect(kinds(moved(draft, 0, -1))).toEqual(['gpuUse', 'leadTime']);
  expect(kinds(moved(draft, 1, 1))).toEqual(['gpuUse', 'leadTime']);
});

test('a chart grows and shrinks by one size between a third and the whole row', () => {
  const draft = draftOf(spec);
  expect(resized(draft, 0, -1)[0]?.size).toBe('third');
  expect(resized(draft, 0, 1)[0]?.size).toBe('full');
  expect(resized(draft, 1, 1)[1]?.size).toBe('full');
});

test('an added chart keeps a key of its own after others have gone', () => {
  const draft = added(draftOf(spec).slice(1), { spec: { kind: 'gpuUse' }, title: null, size: 'half' });
  expect(new Set(draft.map(({ key }) => key)).size).toBe(2);
  expect(kinds(draft)).toEqual(['leadTime', 'gpuUse']);
});
