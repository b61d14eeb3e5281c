import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type GpuMap = inferRouterOutputs<AppRouter>['gpus']['map'];
export type GpuCluster = GpuMap['clusters'][number];
export type GpuNode = GpuCluster['nodes'][number];
export type GpuNames = GpuMap['names'];
export type GpuUse = inferRouterOutputs<AppRouter>['gpus']['use'];
export type WaitingGpus = inferRouterOutputs<AppRouter>['gpus']['waiting'];
