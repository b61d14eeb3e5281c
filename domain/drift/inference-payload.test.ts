import { expect, it } from 'vitest';
import { payloadRows } from './inference-payload.ts';

const none = { inputs: [], outputs: [] };
const signed = { inputs: ['amount', 'age'], outputs: ['score'] };
const tensor = (name: string, shape: number[], data: unknown[]) => ({ name, shape, datatype: 'FP32', data });

it.each([
  ['V1 objects', 'request', { instances: [{ a: 1 }, { a: 2 }] }, none, [{ f: { a: 1 } }, { f: { a: 2 } }]],
  ['V1 lists of a signature', 'request', { instances: [[1, 2]] }, signed, [{ f: { amount: 1, age: 2 } }]],
  ['V1 lists of no signature', 'request', { instances: [[1, 2]] }, none, [{ f: { input_0: 1, input_1: 2 } }]],
  [
    'V1 lists of another length',
    'request',
    { instances: [[1, 2, 3]] },
    signed,
    [{ f: { input_0: 1, input_1: 2, input_2: 3 } }],
  ],
  [
    'V1 scores',
    'response',
    { predictions: [0.5, 0.7] },
    signed,
    [{ p: { score: 0.5 } }, { p: { score: 0.7 } }],
  ],
  ['V1 scores of no signature', 'response', { predictions: [0.5] }, none, [{ p: { prediction: 0.5 } }]],
  [
    'V1 class probabilities',
    'response',
    { predictions: [[0.1, 0.9]] },
    none,
    [{ p: { prediction_0: 0.1, prediction_1: 0.9 } }],
  ],
  [
    'V2 tensors of a column each',
    'request',
    { inputs: [tensor('a', [2, 1], [1, 2]), tensor('b', [2], ['x', 'y'])] },
    none,
    [{ f: { a: 1, b: 'x' } }, { f: { a: 2, b: 'y' } }],
  ],
  [
    'a V2 matrix of a signature',
    'request',
    { inputs: [tensor('input', [2, 2], [1, 2, 3, 4])] },
    signed,
    [{ f: { amount: 1, age: 2 } }, { f: { amount: 3, age: 4 } }],
  ],
  [
    'a nested V2 matrix',
    'request',
    { inputs: [tensor('m', [1, 2], [[1, 2]])] },
    none,
    [{ f: { m_0: 1, m_1: 2 } }],
  ],
  [
    'V2 outputs',
    'response',
    { outputs: [tensor('score', [2], [0.1, 0.2])] },
    none,
    [{ p: { score: 0.1 } }, { p: { score: 0.2 } }],
  ],
  ['no rows', 'request', { instances: [] }, none, []],
  ['a shape that is not that of the data', 'request', { inputs: [tensor('a', [3], [1, 2])] }, none, null],
  [
    'tensors of different rows',
    'request',
    { inputs: [tensor('a', [1], [1]), tensor('b', [2], [1, 2])] },
    none,
    null,
  ],
  ['an answer where a request should be', 'request', { predictions: [1] }, none, null],
  ['a chat', 'request', { messages: [] }, none, null],
  ['a text', 'request', 'hello', none, null],
] as const)('reads %s', (_name, side, payload, names, rows) => {
  expect(payloadRows(side, payload, names)).toEqual(rows);
});
