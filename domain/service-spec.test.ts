import { describe, expect, it } from 'vitest';
import { gpuCountPerPod, podTemplateSchema } from './service-spec.ts';

const template = (resources: unknown) => ({
  spec: { containers: [{ name: 'server', image: 'registry.example/server', resources }] },
});

describe('GPUs of a pod', () => {
  it.each([
    ['a text', { limits: { 'nvidia.com/gpu': '2' } }, 2],
    ['a number', { limits: { 'nvidia.com/gpu': 2 } }, 2],
    ['a request', { requests: { 'amd.com/gpu': '1' } }, 1],
    [
      'a request and its limit once',
      { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 1 } },
      1,
    ],
    ['none', { limits: { cpu: '500m', memory: '1Gi' } }, 0],
  ])('are counted from %s', (_name, resources, count) => {
    expect(gpuCountPerPod(podTemplateSchema.parse(template(resources)))).toBe(count);
  });

  it.each(['two', '', '0.5', '500m', -1, 1.5, '1Gi', Number.NaN, 'NaN', '0x2', '1e3'])(
    'are refused as %s, in a sentence',
    (amount) => {
      for (const kind of ['limits', 'requests']) {
        const parsed = podTemplateSchema.safeParse(template({ [kind]: { 'nvidia.com/gpu': amount } }));
        expect(parsed.success).toBe(false);
        if (!Number.isNaN(amount))
          expect(parsed.error?.issues[0]?.message).toMatch(
            /is no count of GPUs: use a whole number such as 1\.$/,
          );
      }
    },
  );
});
