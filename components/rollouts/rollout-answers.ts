import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;

export type RolloutDetail = Answers['rollouts']['get'];
export type RolloutRow = Answers['rollouts']['list']['rows'][number];
export type FrozenRecord = Answers['rollouts']['record'];
export type RecordPart<Name extends 'verdict' | 'requests' | 'series' | 'pods' | 'events' | 'logs' | 'told'> =
  FrozenRecord['record'][Name];
export type MetricSeries = Answers['rollouts']['series'];
export type TimelineEntry = RolloutDetail['timeline'][number];
export type EnvironmentRef = RolloutRow['environment'];
export type RevisionRef = RolloutRow['to'];
export type SandboxView = Answers['sandbox']['get'];
