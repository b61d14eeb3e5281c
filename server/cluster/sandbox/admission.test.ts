import { describe, expect, test } from 'vitest';
import { sandboxRevision } from '../sandbox-fixture.ts';
import { admissionProblems } from './admission.ts';

const gpu = 'nvidia.com/gpu';

describe('admission', () => {
  test('takes a sound pod template with everything that Kubernetes knows of a container', () => {
    const container = {
      resources: { requests: { cpu: '1', [gpu]: 2 }, limits: { cpu: '2', [gpu]: 2 } },
      securityContext: { runAsNonRoot: true },
      lifecycle: {},
    };
    expect(admissionProblems(sandboxRevision(1, { container }))).toEqual([]);
  });

  test.each([
    ['no quantity', { resources: { limits: { cpu: 'lots' } } }, 'quantities must match'],
    ['a negative quantity', { resources: { limits: { cpu: '-1' } } }, 'greater than or equal to 0'],
    ['half a GPU', { resources: { limits: { [gpu]: '500m' } } }, 'must be an integer'],
    ['a GPU request without a limit', { resources: { requests: { [gpu]: 1 } } }, 'Limit must be set'],
    [
      'a request above its limit',
      { resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } },
      'less than or equal',
    ],
    ['no image', { image: '' }, 'spec.template.spec.containers[0].image: Required value'],
    ['an image that policy refuses', { image: 'registry.example.com/refused:1' }, 'denied the request'],
    ['an unknown field', { imagePullPolice: 'Always' }, 'imagePullPolice: field not declared in schema'],
    [
      'a mount without its volume',
      { volumeMounts: [{ name: 'model', mountPath: '/m' }] },
      'Not found: "model"',
    ],
  ])('refuses %s', (_, container, words) => {
    const problems = admissionProblems(sandboxRevision(1, { container }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
});
