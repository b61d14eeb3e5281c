import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>['policies'];

export type PolicyRow = Answers['list'][number];
export type PolicyDetail = Answers['get'];
