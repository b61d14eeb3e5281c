import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
type Inputs = inferRouterInputs<AppRouter>;

export type ServiceRow = Answers['services']['list']['rows'][number];
export type ServiceMatrix = Answers['services']['matrix'];
export type MatrixEnvironment = ServiceMatrix['environments'][number];
export type MatrixCell = ServiceMatrix['rows'][number]['cells'][number];
export type ServiceDetail = Answers['services']['get'];
export type EnvironmentRow = Answers['environments']['list'][number];
export type CreateInput = Inputs['services']['create'];
export type DryRunInput = Inputs['services']['dryRun'];
export type ObjectivesAnswer = Answers['services']['objectives'];
