import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type LinkRow = inferRouterOutputs<AppRouter>['linkTemplates']['list'][number];
