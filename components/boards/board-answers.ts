import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
export type BoardRow = Answers['boards']['list']['boards'][number];
export type BoardAnswer = Answers['boards']['get'];
export type ChartSubjects = Answers['boards']['subjects'];
export type Note = Answers['boards']['annotations'][number];
