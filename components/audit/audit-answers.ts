import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type AuditItem = inferRouterOutputs<AppRouter>['audit']['list']['items'][number];
