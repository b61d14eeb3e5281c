import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>['clusters'];
export type ClusterRow = Answers['list'][number];
export type ClusterDetail = Answers['get'];
