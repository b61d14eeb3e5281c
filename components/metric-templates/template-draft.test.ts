import { expect, it } from 'vitest';
import { labelsIn } from './template-draft.ts';

it('labels are read a line each, values parted by commas and told once', () => {
  expect(labelsIn('route: /pay, /refund, /pay\n\ninstance: gpu-1:9400\nempty')).toEqual([
    { name: 'route', values: ['/pay', '/refund'] },
    { name: 'instance', values: ['gpu-1:9400'] },
    { name: 'empty', values: [] },
  ]);
});
