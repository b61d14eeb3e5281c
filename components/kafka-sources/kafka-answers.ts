import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type KafkaSources = inferRouterOutputs<AppRouter>['kafkaSources']['list'];
export type KafkaSource = KafkaSources['sources'][number];
