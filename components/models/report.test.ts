import { expect, test } from 'vitest';
import { emptyMetric, reportOfJson, reportOfRows } from './report-draft.ts';
import { reportLines } from './report-lines.ts';

const draft = {
  name: 'Hold-out',
  dataset: '',
  link: '',
  metrics: [{ ...emptyMetric, name: 'auc', value: '0.95', minimum: '0.9' }, emptyMetric],
};

test('filled rows become a report and empty ones are left out', () => {
  expect(reportOfRows(draft)).toEqual({
    report: { schema: 1, name: 'Hold-out', metrics: [{ name: 'auc', value: 0.95, minimum: 0.9 }] },
  });
});

test.each([
  ['no name', reportOfRows({ ...draft, name: ' ' }), 'Give the report a name.'],
  ['no metric', reportOfRows({ ...draft, metrics: [emptyMetric] }), 'A report needs at least one metric.'],
  [
    'a value that is no number',
    reportOfRows({ ...draft, metrics: [{ ...emptyMetric, name: 'auc', value: 'high' }] }),
    'Metric 1: the value is missing or no number.',
  ],
  ['text that is no JSON', reportOfJson('{'), 'This is not valid JSON.'],
  ['JSON that is a list', reportOfJson('[]'), 'A report is a JSON object'],
])('%s is refused with a sentence', (_what, outcome, sentence) => {
  expect('problem' in outcome && outcome.problem).toContain(sentence);
});

test('pasted JSON may leave out the schema', () => {
  expect(reportOfJson('{"name":"x","metrics":[{"name":"auc","value":1}]}')).toMatchObject({
    report: { schema: 1 },
  });
});

test('broken bounds lead, and rounding never hides on which side of its bound a value lies', () => {
  const lines = reportLines({
    schema: 1,
    name: 'x',
    metrics: [
      { name: 'rows', value: 4_912_003 },
      { name: 'kept', value: 0.95, minimum: 0.9, maximum: 1 },
      { name: 'close', value: 0.92996, minimum: 0.93 },
    ],
  });
  expect(lines).toEqual([
    { name: 'close', value: '0.92996', bound: '≥ 0.93', standing: 'broken' },
    { name: 'rows', value: '4,912,003', bound: '', standing: 'unbounded' },
    { name: 'kept', value: '0.95', bound: '≥ 0.9, ≤ 1', standing: 'kept' },
  ]);
});
