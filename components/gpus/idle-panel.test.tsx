import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { GpuCluster, GpuUse } from './gpu-answers.ts';
import { IdlePanel } from './idle-panel.tsx';

const clusters: GpuCluster[] = [
  {
    id: 'c',
    name: 'c',
    kind: 'kubernetes',
    seenUntil: new Date(),
    now: new Date(),
    nodes: [
      {
        uid: 'u',
        facts: {
          name: 'gpu-1',
          instanceType: null,
          capacityType: 'onDemand',
          gpuProduct: 'NVIDIA-L4',
          physicalGpus: 4,
        },
        parts: [{ bucket: 'idleFree', holder: { kind: 'nobody' }, milliGpu: 2_000, podUids: [] }],
        totals: { capacity: 4_000, held: 2_000, idle: 2_000, lost: 0 },
      },
    ],
  },
];
const shown = (use: GpuUse | undefined | null, of = clusters) =>
  renderToStaticMarkup(<IdlePanel clusters={of} names={{}} use={use} />)
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const nothing: GpuUse = { uses: [], problems: [], endedOnNodes: [] };

it('idle GPUs are there before the metrics sources have answered, and also when they cannot', () => {
  expect(shown(undefined)).toContain('2 GPUs idle on gpu-1 NVIDIA-L4 · free');
  expect(shown(null)).toContain('Use is not measured It could not be asked; it is tried again.');
});

it('the rollout whose pods left is named and linked', () => {
  const ended = {
    clusterId: 'c',
    nodeUid: 'u',
    rolloutId: 'x',
    serviceName: 'search',
    phase: 'rolledBack' as const,
    endedAt: new Date(),
  };
  const use = { ...nothing, endedOnNodes: [ended] };
  expect(shown(use)).toContain('pods of the rollout of search left here, which was rolled back');
  expect(renderToStaticMarkup(<IdlePanel clusters={clusters} names={{}} use={use} />)).toContain(
    'href="/rollouts/x"',
  );
});

it('says which environment is not measured and why, and calls nothing good that was not measured', () => {
  const problems = [{ environment: 'production', message: 'The environment has no metrics source.' }];
  const text = shown({ ...nothing, problems }, []);
  expect(text).toContain('Use is not measured in production The environment has no metrics source.');
  expect(text).not.toContain('Nothing is idle');
  expect(shown(nothing, [])).toContain('Nothing is idle or hardly used');
});
