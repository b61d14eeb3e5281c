import { expect, it } from 'vitest';
import { histogramSourceSchema, parseMatchers } from './prometheus-source.ts';

it('matchers are read as PromQL has them, and nothing else is', () => {
  expect(parseMatchers('{model="a,b", code=~"2..",path!="\\"x\\""}')).toEqual([
    { label: 'model', operator: '=', value: 'a,b' },
    { label: 'code', operator: '=~', value: '2..' },
    { label: 'path', operator: '!=', value: '"x"' },
  ]);
  expect(parseMatchers(' a="1" ')).toEqual([{ label: 'a', operator: '=', value: '1' }]);
  expect([parseMatchers(''), parseMatchers('{}')]).toEqual([[], []]);
  for (const wrong of ['a', 'a=b', 'a="1" b="2"', 'a="1"} or vector(1) {b="2"', '"a"="b"', ',', 'a="1'])
    expect(parseMatchers(wrong)).toBeNull();
});

it('a source is the pods of the namespace unless it says otherwise; the name comes without _bucket', () => {
  const given = { metric: 'vllm:time_to_first_token_seconds', form: 'classic', feature: ' ttft ' };
  expect(histogramSourceSchema.parse(given)).toMatchObject({
    feature: 'ttft',
    matchers: [],
    podLabel: 'pod',
    namespaceLabel: 'namespace',
    revision: null,
    startAt: 'latest',
  });
  for (const change of [
    { metric: 'a_bucket' },
    { metric: 'rate(a)' },
    { feature: '' },
    { podLabel: 'a-b' },
    { revision: { label: 'version', pattern: 'v*' } },
  ])
    expect(histogramSourceSchema.safeParse({ ...given, ...change }).success).toBe(false);
});
