import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;

export type TakenService = Answers['services']['get'];
export type Adoption = NonNullable<TakenService['adoption']>;
export type TakeOver = NonNullable<TakenService['takeOver']>;
export type PlanView = Answers['services']['planTakeOver'];
