import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type Discovered = inferRouterOutputs<AppRouter>['workloads']['list'];
export type WorkloadRow = Discovered['workloads'][number];
export type AdoptAnswer = inferRouterOutputs<AppRouter>['services']['adopt']['answers'][number];
