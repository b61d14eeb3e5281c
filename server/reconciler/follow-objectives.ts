import { transaction } from '../../db/client.ts';
import type { service } from '../../db/schema/services.ts';
import { followAlert } from '../../domain/alert.ts';
import { burnAlerts, burnWindowsMs, judgeBurns } from '../../domain/burn-alert.ts';
import {
  attainment,
  noCounts,
  type Objective,
  objectivePeriodMs,
  objectivesOf,
  promiseText,
} from '../../domain/objective.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { type AlertChange, auditAlerts, changesAnything, openAlerts, storeAlerts } from '../alerts.ts';
import { type CountsByKind, sumHours, windowCounts } from '../rows/objective-counts.ts';
import { fence } from './lease.ts';
import type { Hands } from './reconcile.ts';

type ServiceRow = typeof service.$inferSelect;
type Looked = { readonly row: ServiceRow; readonly now: Date };

/** Passes come more often; a look a minute is what the windows can tell. */
const everyMs = 55_000;

/** When each service's objectives were last looked at by this process. */
export class ObjectivePace {
  readonly #lookedAtMs = new Map<string, number>();

  /** Whether it is time, on the service's clock, which may have been set back. */
  isDue(serviceId: string, now: Date): boolean {
    const last = this.#lookedAtMs.get(serviceId);
    const passed = last === undefined ? everyMs : Math.abs(now.getTime() - last);
    if (passed < everyMs) return false;
    this.#lookedAtMs.set(serviceId, now.getTime());
    return true;
  }
}

/** Judges how fast a service uses up the budgets of its objectives, and alerts; writes only what changed, and past hours once. */
export async function followObjectives(hands: Hands, { row, now }: Looked): Promise<void> {
  if (row.objectives === null || !hands.pace.isDue(row.id, now)) return;
  const { db, lease, origin } = hands;
  const promises = objectivesOf(objectivesSchema.parse(row.objectives));
  const summed = await transaction(db, async (tx) => {
    await fence(tx, lease);
    return await sumHours(tx, { serviceId: row.id, now });
  });
  if (summed > 0) hands.onWrite?.('hours');
  const slowerThanMs = promises.find((one) => one.kind === 'latency')?.slowerThanMs ?? null;
  const windowsMs = [...burnWindowsMs, objectivePeriodMs];
  const counts = await windowCounts(db, { serviceId: row.id, now, slowerThanMs }, windowsMs);
  const open = await openAlerts(db, row.id, 'objectiveBurn');
  const changes = promises
    .flatMap((promise) => changesOf(promise, { counts, open, now }))
    .filter(changesAnything);
  if (changes.length === 0) return;
  const service = { projectId: row.projectId, serviceId: row.id, name: row.name };
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const told = await storeAlerts(tx, service, { changes, now, origin });
    await auditAlerts(tx, service, { told, now, origin });
  });
  hands.onWrite?.('alert');
}

type Seen = {
  readonly counts: ReadonlyMap<number, CountsByKind>;
  readonly open: Awaited<ReturnType<typeof openAlerts>>;
  readonly now: Date;
};

function changesOf(promise: Objective, { counts, open, now }: Seen): AlertChange[] {
  const countsOf = (windowMs: number) => counts.get(windowMs)?.[promise.kind] ?? noCounts;
  const budgetLeftShare = attainment(countsOf(objectivePeriodMs), promise).budgetLeft ?? 1;
  const alerts = burnAlerts(promise, judgeBurns(promise, countsOf));
  return alerts.map(({ key, severity, seen, calmMs, sentence, judgement }) => {
    const found = open.find((alert) => alert.key === key) ?? null;
    const { policy, limit, long, longRate, shortRate } = judgement;
    return {
      kind: 'objectiveBurn',
      key,
      severity,
      open: found,
      step: followAlert(found, seen, { now, calmMs }),
      sentence,
      figures: { policy: policy.key, limit, longRate, shortRate, requests: long.requests, bad: long.bad },
      notice: (place) => ({
        kind: 'objectiveBurn',
        ...place,
        objective: promiseText(promise),
        burnRate: longRate ?? 0,
        windowMs: policy.longMs,
        budgetLeftShare,
        fast: severity === 'high',
      }),
    };
  });
}
