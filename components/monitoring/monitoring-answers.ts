import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;
export type MonitoredRow = Answers['monitoring']['list']['services'][number];
export type ServiceMonitoring = Answers['monitoring']['get'];
type Performance = ServiceMonitoring['performance'][number];
export type PerformanceOf<Of extends Performance['of']> = Extract<Performance, { of: Of }>;
export type MonitoredFeature = Answers['monitoring']['feature'];
export type Replay = Answers['monitors']['replay'];
export type DriftAlertRow = Answers['driftAlerts']['list']['rows'][number];
export type DriftAlertAnswer = Answers['driftAlerts']['get'];
export type AlertOfService = ServiceMonitoring['alerts'][number];
