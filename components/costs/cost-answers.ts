import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Outputs = inferRouterOutputs<AppRouter>;
export type CostAnswer = Outputs['costs']['read'];
export type CostGroup = CostAnswer['groups'][number];
export type CostPods = Outputs['costs']['pods'];
export type CostPod = Outputs['costs']['pod'];
export type Unallocated = Outputs['attribution']['unallocated'];
export type UnallocatedOwner = Unallocated['owners'][number];
export type RuleRow = Outputs['attribution']['rules'][number];
export type Statements = Outputs['statements']['list'];
