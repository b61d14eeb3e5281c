import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type BillsAnswer = inferRouterOutputs<AppRouter>['bills']['check'];
export type BillFile = BillsAnswer['files'][number];
