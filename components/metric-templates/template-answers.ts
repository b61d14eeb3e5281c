import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type MetricTemplateRow = inferRouterOutputs<AppRouter>['metricTemplates']['list'][number];
