import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type References = inferRouterOutputs<AppRouter>['references']['list'];
