import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>['unitCosts'];
export type VersionCost = Answers['ofVersion'];
export type RolloutCost = Answers['ofRollout'];
export type ArmCost = NonNullable<RolloutCost['canary']>;
