import { and, eq, inArray, isNull, or } from 'drizzle-orm';
import { budgetFreeze } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { budgetScopeSchema } from '../../domain/budget/budget-schema.ts';
import { countsWholeEnvironments } from '../../domain/freeze/freeze.ts';
import {
  type FreezeOpportunity,
  freezeHard,
  freezeObstacles,
  freezeProposal,
  sameHard,
} from '../../domain/freeze/freeze-quota.ts';
import { gpuAmounts } from '../../domain/freeze/frozen-serving.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Freezing } from '../cluster/cluster.ts';
import { log } from '../log.ts';
import { unfinishedFreezes } from '../rows/environment-freezes.ts';
import { freezeNeeds } from './freeze-needs.ts';
import { type FreezePlace, saveCleared, saveDecision } from './freeze-store.ts';
import { assertHeld } from './lease.ts';
import type { Hands } from './reconcile.ts';
import { makeDue } from './schedule.ts';

type Keeping = Pick<Hands, 'db' | 'cluster' | 'lease' | 'clock' | 'origin' | 'mayWrite' | 'onWrite'>;

/** Looks after every environment of the cluster that a budget asks to freeze, or asked. What fails is tried again. */
export async function keepFreezes(keeping: Keeping): Promise<void> {
  const { db, cluster } = keeping;
  if (cluster.freezing === undefined) return;
  const places = await db
    .selectDistinct({ id: environment.id })
    .from(budgetFreeze)
    .innerJoin(environment, eq(environment.id, budgetFreeze.environmentId))
    .where(
      and(
        eq(environment.clusterId, cluster.clusterId),
        or(isNull(budgetFreeze.endedAt), eq(budgetFreeze.quotaWritten, true)),
      ),
    );
  for (const { id } of places)
    await keepFreeze(keeping, id).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      log.warn({ error, environment: id }, 'The freeze of an environment could not be looked after.');
    });
}

/**
 * Makes of one environment what its budgets ask for: decides once what may be frozen, keeps the quota at what runs and what
 * has to find room, and takes it away when nothing asks any more. Level, not edge: a second call changes nothing.
 */
export async function keepFreeze(keeping: Keeping, environmentId: string): Promise<void> {
  const { db, cluster, lease } = keeping;
  const { freezing } = cluster;
  const place = await placeOf(keeping, environmentId);
  if (freezing === undefined || place === null) return;
  if ((await keeping.mayWrite?.(place.namespace, lease)) != null) return;
  const rows = await unfinishedFreezes(db, environmentId);
  const open = rows.filter(({ freeze }) => freeze.endedAt === null);
  const found = open.length === 0 ? null : await lookAt(keeping, { place, freezing });
  if (open.length > 0 && found === null) return;
  let isFrozen = false;
  for (const row of open) {
    if (found === null) break;
    const { scope } = row.budget;
    const seen = { ...found.seen, wholeEnvironment: countsWholeEnvironments(budgetScopeSchema.parse(scope)) };
    const reasons = freezeObstacles(
      await withRights(seen, { freezing, isFrozen: row.freeze.state === 'frozen' }),
    );
    // Where nothing runs there is nothing to propose.
    if (reasons.length > 0 && row.freeze.state === 'asked' && !found.hasGpus) continue;
    const proposal = reasons.length === 0 ? null : freezeProposal(place.namespace, found.hard);
    const now = await keeping.clock(db);
    if (await saveDecision(keeping, row, { place, reasons, proposal, now }))
      await dueServices(keeping, environmentId);
    isFrozen ||= reasons.length === 0;
  }
  if (isFrozen && found !== null) return await keepQuota(keeping, { place, freezing, found });
  if (!rows.some(({ freeze }) => freeze.quotaWritten)) return;
  assertHeld(lease);
  await freezing.removeQuota(place.namespace, lease.epoch);
  await saveCleared(keeping, environmentId);
  await dueServices(keeping, environmentId);
  keeping.onWrite?.('freeze ended');
}

async function placeOf({ db }: Keeping, environmentId: string): Promise<FreezePlace | null> {
  const [row] = await db
    .select({
      id: environment.id,
      projectId: environment.projectId,
      name: environment.name,
      namespace: environment.namespace,
      production: environment.production,
    })
    .from(environment)
    .where(eq(environment.id, environmentId));
  return row ?? null;
}

type Where = { readonly place: FreezePlace; readonly freezing: Freezing };
type Found = {
  readonly seen: Omit<FreezeOpportunity, 'wholeEnvironment' | 'lackingRights'>;
  readonly hard: Readonly<Record<string, number>>;
  readonly present: Readonly<Record<string, number>> | null;
  readonly hasGpus: boolean;
};

async function lookAt(keeping: Keeping, { place, freezing }: Where): Promise<Found | null> {
  const wanted = await freezeNeeds(keeping, place);
  if (wanted === null) return null;
  const { pods, quota } = await freezing.look(place.namespace);
  return {
    seen: {
      namespace: place.namespace,
      pods,
      managed: wanted.managed,
      quotaOwner: quota?.owner ?? null,
    },
    hard: freezeHard(pods, wanted.needs),
    present: quota?.hard ?? null,
    hasGpus: pods.some(({ requests }) => Object.keys(gpuAmounts(requests)).length > 0),
  };
}

/** The rights are asked for before it is frozen; afterwards the API server's own no would be heard. */
async function withRights(
  seen: Omit<FreezeOpportunity, 'lackingRights'>,
  { freezing, isFrozen }: { freezing: Freezing; isFrozen: boolean },
): Promise<FreezeOpportunity> {
  // What others start in a frozen namespace cannot grow either, so it ends nothing.
  if (isFrozen) return { ...seen, wholeEnvironment: true, pods: [], lackingRights: [] };
  return { ...seen, lackingRights: await freezing.lackingRights(seen.namespace) };
}

async function keepQuota(
  keeping: Keeping,
  { place, freezing, found }: Where & { found: Found },
): Promise<void> {
  if (found.present !== null && sameHard(found.present, found.hard)) return;
  assertHeld(keeping.lease);
  await freezing.writeQuota(place.namespace, found.hard, keeping.lease.epoch);
  keeping.onWrite?.('freeze quota');
}

async function dueServices({ db }: Keeping, environmentId: string): Promise<void> {
  const rows = await db
    .select({ id: service.id })
    .from(service)
    .where(inArray(service.environmentId, [environmentId]));
  for (const { id } of rows) await makeDue(db, { serviceId: id });
}
