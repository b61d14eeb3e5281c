import { transaction } from '../../db/client.ts';
import { bakeFailure, bakeState } from '../../domain/bake.ts';
import { judgeRunningRails, type RailEvidence } from '../../domain/running-rail.ts';
import { takeOverRefusal } from '../../domain/take-over.ts';
import { type AlertChange, auditAlerts, changesAnything, openAlerts, storeAlerts } from '../alerts.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type WatchedRails, watchedRails } from '../rows/baked-rollout.ts';
import { runningBars } from '../rows/running-bars.ts';
import { rollBackInBake } from './bake-roll-back.ts';
import { fence } from './lease.ts';
import type { LoadedService } from './load-service.ts';
import { railAlerts } from './rail-alerts.ts';
import type { Hands } from './reconcile.ts';

export type RailPass = {
  readonly loaded: LoadedService;
  readonly metrics: Metrics;
  /** A sentence when the source could not be read in this pass. */
  readonly sourceProblem: string | null;
  readonly now: Date;
};

/** rolledBack: a rollout that leads back has begun, so everything is to be read again. */
export type FollowedRails = { readonly rolledBack: boolean; readonly requeueAfterMs: number | null };

const nothing: FollowedRails = { rolledBack: false, requeueAfterMs: null };
/** What an alert was about is gone with the revision that had the rail. */
const unwatched = { results: [], revision: 0, since: null, rollsBack: false };
/** Inside the bake time what breaks is found as soon as it is counted. */
const bakingPaceMs = 10_000;

/**
 * Judges, on the revision that takes all traffic, the rails of the plan that brought it: inside its bake time a broken
 * one starts the rollout that leads back, otherwise it becomes an alert. Reads only, unless something changed.
 */
export async function followRails(hands: Hands, pass: RailPass): Promise<FollowedRails> {
  const { db } = hands;
  const { loaded, now } = pass;
  const watch = await watchedRails(db, loaded.row);
  const { stable } = loaded.serving;
  const open = await openAlerts(db, loaded.row.id, 'railBroken');
  if (watch === null || stable === null) {
    const changes = railAlerts({ ...unwatched, open, now });
    await alert(hands, { loaded, changes, now });
    return nothing;
  }
  const evidence = await evidenceOf(hands, { ...pass, watch, number: stable.number });
  const results = judgeRunningRails(watch.rails, evidence, { now, since: watch.since });
  const state = bakeState(watch.baked, now);
  const mayRollBack =
    takeOverRefusal('rollOut', { takeOver: loaded.takeOver, rolloutActive: false }) === null;
  const broken = bakeFailure({ state, results, mayRollBack });
  const changes = railAlerts({
    open,
    results,
    revision: stable.number,
    since: watch.since,
    rollsBack: broken !== null,
    now,
  }).filter(changesAnything);
  if (broken !== null) {
    const begun = await rollBackInBake(hands, { loaded, watch, broken, changes, now });
    return { rolledBack: begun, requeueAfterMs: 0 };
  }
  await alert(hands, { loaded, changes, now });
  return { rolledBack: false, requeueAfterMs: state === 'baking' ? bakingPaceMs : null };
}

type Measuring = RailPass & { readonly watch: WatchedRails; readonly number: number };

async function evidenceOf({ db }: Hands, measuring: Measuring): Promise<RailEvidence> {
  const { loaded, watch, number, metrics, sourceProblem, now } = measuring;
  const bars = await runningBars(db, { serviceId: loaded.row.id, revisionNumber: number, now });
  const queries = new Map<string, { value: number | null; problem: string | null }>();
  for (const rail of watch.rails) {
    if (rail.of !== 'query' || rail.query === undefined) continue;
    const { scope } = loaded.serving;
    const answer = await metrics.value({ scope, revisionNumber: number, template: rail.query, at: now });
    queries.set(
      rail.id,
      answer.kind === 'value'
        ? { value: answer.value, problem: null }
        : { value: null, problem: `the rail's query gave nothing: ${answer.message}` },
    );
  }
  return { bars, queries, sourceProblem };
}

type Alerting = {
  readonly loaded: LoadedService;
  readonly changes: readonly AlertChange[];
  readonly now: Date;
};

async function alert(hands: Hands, { loaded, changes, now }: Alerting): Promise<void> {
  if (changes.length === 0) return;
  const { db, lease, origin } = hands;
  const { row } = loaded;
  const service = { projectId: row.projectId, serviceId: row.id, name: row.name };
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const told = await storeAlerts(tx, service, { changes, now, origin });
    await auditAlerts(tx, service, { told, now, origin });
  });
  hands.onWrite?.('alert');
}
