import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
export type NoticeRow = Answers['notices']['list']['rows'][number];
export type NoticeAnswer = Answers['notices']['get'];
export type Delivery = NoticeAnswer['deliveries'][number];
