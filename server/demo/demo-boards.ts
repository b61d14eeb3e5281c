import type { BoardChart } from '../../domain/board.ts';
import { boardTemplates } from '../../domain/board-layout.ts';
import { templateWords } from '../../domain/board-template.ts';
import { annotate, createBoard } from '../boards/commands.ts';
import { setMetricTemplate } from '../metric-templates/commands.ts';
import { demoModels } from './demo-catalogue.ts';
import type { DemoWorld } from './demo-world.ts';

/** The three ready boards over what the demo has, one of a metric template, and a note for them. */
export async function demoBoards(
  { stage, cast, projectId, productionId }: DemoWorld,
  note: { readonly at: Date; readonly text: string },
): Promise<void> {
  const lena = stage.as(cast.lena);
  for (const template of boardTemplates)
    await createBoard(lena, { projectId, ...templateWords[template], from: { kind: 'template', template } });
  await gpuBoard({ stage, cast, projectId, productionId });
  await annotate(lena, { projectId, serviceId: null, ...note });
}

/** A query of the sandbox's own metrics for any service in production; the worker stores its samples once it runs. */
async function gpuBoard({ stage, cast, projectId, productionId }: Shown): Promise<void> {
  const lena = stage.as(cast.lena);
  const services = Object.values(demoModels).map(({ name }) => name);
  const { metricTemplateId: templateId } = await setMetricTemplate(lena, {
    projectId,
    template: {
      environmentId: productionId,
      name: 'GPU memory in use',
      query: 'sandbox_gpu_memory_share{service="$service"}',
      unit: 'share',
      stepSeconds: 300,
      labels: [{ name: 'service', values: services }],
      usedBy: 'engineer',
    },
  });
  const chartOf = (service: string): BoardChart => ({
    spec: { kind: 'template', templateId, values: { service } },
    title: null,
    size: 'half',
  });
  await createBoard(stage.as(cast.ada), {
    projectId,
    name: 'How full are the GPUs?',
    description: 'Metrics of the cluster as the worker stored them, and the GPUs that are held.',
    from: {
      kind: 'charts',
      spec: {
        schema: 1,
        range: '24h',
        charts: [
          chartOf(demoModels.fraud.name),
          chartOf(demoModels.recommender.name),
          { spec: { kind: 'gpuUse' }, title: null, size: 'full' },
        ],
      },
    },
  });
}

type Shown = Pick<DemoWorld, 'stage' | 'cast' | 'projectId' | 'productionId'>;
