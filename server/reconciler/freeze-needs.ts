import { and, eq } from 'drizzle-orm';
import { service } from '../../db/schema/services.ts';
import { desiredServing } from '../../domain/desired-serving.ts';
import type { FreezeNeed } from '../../domain/freeze/freeze-quota.ts';
import { frozenServing, mostReplicas } from '../../domain/freeze/frozen-serving.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import type { DesiredRevision, ServingScope } from '../../domain/serving.ts';
import { type LoadedRollout, type LoadedService, loadService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

type Place = { readonly id: string };

export type FreezeNeeds = {
  readonly needs: readonly FreezeNeed[];
  /** Workloads that Fairlead manages in the environment. */
  readonly managed: readonly string[];
};

/** A rollout on its way back, or one that brings an earlier revision back: no budget holds it up. */
export function goesBack(active: LoadedRollout | null): boolean {
  return active !== null && (active.rollout.isWayBack || active.rollout.intent.goal !== 'complete');
}

/** What has to find room in a frozen environment; null while its cluster cannot be seen. */
export async function freezeNeeds(
  { db, cluster }: Pick<Hands, 'db' | 'cluster'>,
  environment: Place,
): Promise<FreezeNeeds | null> {
  const rows = await db
    .select({ id: service.id })
    .from(service)
    .where(and(eq(service.environmentId, environment.id), eq(service.mode, 'managed')));
  const needs: FreezeNeed[] = [];
  const managed: string[] = [];
  for (const { id } of rows) {
    const loaded = await loadService(db, id);
    if (loaded === null) continue;
    const { scope } = loaded.serving;
    const observed = await cluster.observe(scope);
    if (!observed.fresh) return null;
    const wanted = wantedOf(loaded);
    const kept = goesBack(loaded.active) ? wanted : frozenServing(wanted, observed).desired;
    const numbers = [...wanted.revisions, ...observed.revisions.filter(({ owned }) => owned)];
    managed.push(...numbers.map(({ number }) => workloadName(scope, number)));
    needs.push(...kept.revisions.filter(isNeeded(loaded)).map((revision) => needOf(scope, revision)));
  }
  return { needs, managed: [...new Set(managed)] };
}

function wantedOf({ serving, active }: LoadedService) {
  return desiredServing(serving, active);
}

/** What serves, and on a way back everything that is wanted; a canary is neither. */
function isNeeded({ serving, active }: LoadedService) {
  return ({ number }: DesiredRevision): boolean => goesBack(active) || number === serving.stable?.number;
}

function needOf(scope: ServingScope, { number, scaling, podTemplate }: DesiredRevision): FreezeNeed {
  return {
    workload: workloadName(scope, number),
    pods: mostReplicas(scaling),
    perPod: podDemand(podTemplate).requests,
  };
}

function workloadName({ serviceName }: ServingScope, number: number): string {
  return `${serviceName}-r${number}`;
}
