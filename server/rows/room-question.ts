import type { Queries } from '../../db/client.ts';
import type { RoomQuestion } from '../../domain/preflight/room-fit.ts';
import type { Preflight, PreflightAsk } from './preflight.ts';
import { budgetHolds, gpuReleases } from './running-holds.ts';

const dayMs = 86_400_000;

/** What decides when a request fits: its checks, the budgets that enforce, and what running rollouts give back. */
export async function roomQuestion(
  queries: Queries,
  { checks, counted }: Pick<Preflight, 'checks' | 'counted'>,
  { record, now }: Pick<PreflightAsk, 'record' | 'now'>,
): Promise<RoomQuestion> {
  const holds = await budgetHolds(queries, now);
  return {
    now,
    namespace: record.environment.namespace,
    checks,
    releases: await gpuReleases(queries, record.environment.clusterId, now),
    budgets: counted
      .filter(({ state }) => state.budget.level >= 2)
      .map(({ state: { budget, movements, hours, actual }, wanted }) => ({
        budgetId: budget.id,
        wanted: wanted ?? 0n,
        outlook: {
          now,
          period: budget.period,
          movements,
          actual,
          hours,
          perHour: meanPerHour(hours, now),
          holds: holds.get(budget.id) ?? [],
        },
      })),
  };
}

/** What the last 24 hours took by hour; less where the period is younger, nothing before its first hour. */
function meanPerHour(
  hours: readonly { readonly hourAt: Date; readonly amount: bigint }[],
  now: Date,
): bigint {
  const recent = hours.filter(({ hourAt }) => hourAt.getTime() > now.getTime() - dayMs);
  const total = recent.reduce((all, { amount }) => all + amount, 0n);
  return recent.length === 0 ? 0n : total / BigInt(recent.length);
}
