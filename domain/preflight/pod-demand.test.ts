import { describe, expect, it } from 'vitest';
import type { PodTemplate } from '../service-spec.ts';
import { podDemand, productName } from './pod-demand.ts';

const gpu = (count: number) => ({ limits: { 'nvidia.com/gpu': count } });

describe('what a pod asks for', () => {
  it('is the greater of its containers together and its hungriest start, sidecars counted in both', () => {
    const template: PodTemplate = {
      spec: {
        initContainers: [
          { name: 'sidecar', restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } },
          { name: 'load', resources: { requests: { cpu: '4', memory: '1Gi' } } },
        ],
        containers: [
          { name: 'model', image: 'model', resources: { requests: { cpu: '2' }, ...gpu(2) } },
          { name: 'helper', image: 'helper', resources: { requests: { memory: '3Gi' }, ...gpu(1) } },
        ],
      },
    };
    const demand = podDemand(template);
    expect(demand.requests).toEqual({ cpu: 4.5, memory: 3 * 1_024 ** 3, 'nvidia.com/gpu': 3 });
    expect([demand.gpus, demand.gpuResource, demand.product]).toEqual([3, 'nvidia.com/gpu', null]);
  });

  it('names the product that its node selector pins, without how it is shared', () => {
    const template: PodTemplate = {
      spec: {
        containers: [{ name: 'model', image: 'model', resources: gpu(1) }],
        nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-L4-SHARED' },
      },
    };
    expect(podDemand(template).product).toBe('NVIDIA-L4');
    expect(productName('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb')).toBe('NVIDIA-A100-SXM4-40GB');
  });
});
