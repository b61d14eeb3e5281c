import { expect, it } from 'vitest';
import { histogramSourceSchema } from '../../domain/prometheus-source.ts';
import { emptyDraft, fieldsOf, missingPart } from './prometheus-draft.ts';

it('a histogram is sent without _bucket, under its own name, narrowed by its labels', () => {
  const draft = { ...emptyDraft, metric: ' ttft_seconds_bucket ', matchers: '{model_name="chat"}' };
  expect(missingPart(draft)).toBeUndefined();
  expect(fieldsOf(draft)).toEqual({
    ...histogramSourceSchema.parse({ metric: 'ttft_seconds', form: 'classic', feature: 'ttft_seconds' }),
    matchers: [{ label: 'model_name', operator: '=', value: 'chat' }],
  });
  const labelled = fieldsOf({ ...draft, revisionLabel: 'version', namespaceLabel: '' });
  expect(labelled).toMatchObject({
    revision: { label: 'version', pattern: '$revision' },
    namespaceLabel: null,
  });
});

it.each([
  [{ metric: ' ' }, 'Name the histogram.'],
  [{ matchers: 'model' }, 'Write labels'],
  [{ podLabel: '' }, 'label of the pod'],
])('%o says what is missing', (change, sentence) => {
  expect(missingPart({ ...emptyDraft, metric: 'a', ...change })).toContain(sentence);
});
