import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type Overview = inferRouterOutputs<AppRouter>['overview']['get'];
