import type { BoardChart, BoardSpec } from './board.ts';
import type { BoardTemplate, ChartSize } from './board-layout.ts';
import type { ChartSpec } from './chart/chart-spec.ts';

/** What of a project a ready board is made of; services that serve something first. */
export type TemplateSubjects = {
  readonly serviceIds: readonly string[];
  readonly monitoredServiceIds: readonly string[];
  readonly budgetIds: readonly string[];
};

export const templateWords: Readonly<Record<BoardTemplate, { name: string; description: string }>> = {
  healthy: {
    name: 'Is it healthy?',
    description: 'Errors, latency and requests of the services, and whether their inputs drift.',
  },
  cost: { name: 'What does it cost?', description: 'Cost by model, GPUs held, and what is left of budgets.' },
  changed: {
    name: 'What changed?',
    description: 'New versions on their way, and how quickly and safely changes get there.',
  },
};

/** More services would make one board of a whole fleet. */
const mostServices = 4;
const mostBudgets = 4;

/** The charts of a ready board, made of what the project has now; a board does not follow what comes later. */
export function templateSpec(template: BoardTemplate, subjects: TemplateSubjects): BoardSpec {
  const services = subjects.serviceIds.slice(0, mostServices);
  switch (template) {
    case 'healthy':
      return {
        schema: 1,
        range: '24h',
        charts: [
          ...services.flatMap((serviceId) => [
            chart({ kind: 'errorShare', serviceId }, 'third'),
            chart({ kind: 'latency', serviceId }, 'third'),
            chart({ kind: 'requests', serviceId }, 'third'),
          ]),
          ...subjects.monitoredServiceIds
            .slice(0, mostServices)
            .map((serviceId) => chart({ kind: 'drift', serviceId }, 'half')),
        ],
      };
    case 'cost':
      return {
        schema: 1,
        range: '30d',
        charts: [
          chart({ kind: 'cost', groupBy: 'model' }, 'full'),
          chart({ kind: 'gpuUse' }, 'half'),
          chart({ kind: 'cost', groupBy: 'bucket' }, 'half'),
          ...subjects.budgetIds
            .slice(0, mostBudgets)
            .map((budgetId) => chart({ kind: 'budget', budgetId }, 'half')),
        ],
      };
    case 'changed':
      return {
        schema: 1,
        range: '7d',
        charts: [
          ...services.flatMap((serviceId) => [
            chart({ kind: 'weights', serviceId }, 'half'),
            chart({ kind: 'comparison', serviceId }, 'half'),
          ]),
          chart({ kind: 'deploymentFrequency' }, 'half'),
          chart({ kind: 'leadTime' }, 'half'),
          chart({ kind: 'changeFailureShare' }, 'half'),
          chart({ kind: 'timeToRestore' }, 'half'),
        ],
      };
  }
}

const chart = (spec: ChartSpec, size: ChartSize): BoardChart => ({ spec, title: null, size });
