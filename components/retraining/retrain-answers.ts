import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
export type Retraining = Answers['retrains']['list'];
export type RetrainAnswer = Answers['retrains']['get'];
export type TemplateRow = Answers['retrainTemplates']['list'][number];
