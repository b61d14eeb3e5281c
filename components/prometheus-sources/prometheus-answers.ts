import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type PrometheusSources = inferRouterOutputs<AppRouter>['prometheusSources']['list'];
export type PrometheusSource = PrometheusSources['sources'][number];
