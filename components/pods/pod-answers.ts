import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>['services'];
type Inputs = inferRouterInputs<AppRouter>['services'];

export type PodsOfService = Answers['pods'];
export type OpenLogInput = Inputs['readLogs'];
export type LogPart = Answers['followLog'];
