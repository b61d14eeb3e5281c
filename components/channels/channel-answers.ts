import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
export type ChannelRow = Answers['channels']['list']['channels'][number];
export type ChannelAnswer = Answers['channels']['get'];
