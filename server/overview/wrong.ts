import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { ownerBlockers } from '../../domain/owner.ts';
import type { Principal } from '../../domain/principal.ts';
import { type Blocker, blocker, type RefusalCode } from '../../domain/refusal.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { promotionRows } from '../rows/promotion-rows.ts';
import { searchPromotions } from '../rows/promotion-search.ts';
import type { RolloutRow } from '../rows/rollout-rows.ts';
import { wrongAlerts } from './wrong-alerts.ts';
import { wrongClusters } from './wrong-clusters.ts';
import { wrongDrift } from './wrong-drift.ts';

export type WrongItem = {
  readonly kind: 'service' | 'rollout' | 'promotion' | 'cluster' | 'driftAlert';
  readonly id: string;
  readonly title: string;
  readonly environmentName: string;
  readonly blocker: Blocker;
  /** Null where the beginning is not known. */
  readonly at: Date | null;
};

/** Waiting that time alone ends, or that somebody chose, is not wrong. */
const patience: readonly RefusalCode[] = [
  'minimumTime',
  'minimumSamples',
  'paused',
  'scaleDownDelay',
  'waitingForCluster',
  'weightNotEffective',
  'rolloutActive',
  'approvalsMissing',
  'noEvidence',
];

type Asked = {
  readonly projectId: string;
  readonly moving: readonly RolloutRow[];
  readonly principal: Principal;
  readonly now: Date;
};

/** Services that do not serve as they should or belong to nobody, alerts that are on, rollouts that are stuck, requests that cannot start, tokens that will end. */
export async function wrongItems(db: Queries, asked: Asked): Promise<WrongItem[]> {
  const services = await wrongServices(db, asked.projectId);
  const ownerless = await ownerlessServices(db, asked.projectId);
  const promotions = await stuckPromotions(db, asked);
  const clusters = await wrongClusters(db, asked.projectId);
  const alerts = await wrongAlerts(db, asked.projectId);
  const drift = await wrongDrift(db, asked);
  const rollouts = asked.moving.flatMap((row) => itemOf(row, stuckBlocker(row)));
  return [...services, ...alerts, ...drift, ...rollouts, ...promotions, ...clusters, ...ownerless].slice(
    0,
    100,
  );
}

function stuckBlocker(row: RolloutRow): Blocker | null {
  const found = row.blockers.find((entry) => !patience.includes(entry.code));
  if (found !== undefined) return found;
  if (!row.held) return null;
  return (
    row.blockers.find((entry) => entry.code === 'noEvidence') ??
    blocker({
      code: 'held',
      message: 'A step passed its deadline without a verdict and is held.',
      owner: 'operator',
      fix: 'Let it pass with a reason, or roll back.',
    })
  );
}

function itemOf(row: RolloutRow, found: Blocker | null): WrongItem[] {
  if (found === null) return [];
  const { id, service: of, environment, startedAt } = row;
  return [
    {
      kind: 'rollout',
      id,
      title: of.name,
      environmentName: environment.name,
      blocker: found,
      at: startedAt,
    },
  ];
}

async function wrongServices(db: Queries, projectId: string): Promise<WrongItem[]> {
  const rows = await db
    .select()
    .from(service)
    .where(
      and(
        eq(service.projectId, projectId),
        sql`(${service.status}->>'state' in ('degraded', 'unknown') or ${service.status}->'serving'->'fight' <> 'null'::jsonb)`,
      ),
    )
    .orderBy(desc(service.statusAt))
    .limit(50);
  const environments = await environmentRefs(
    db,
    rows.map((row) => row.environmentId),
  );
  return rows.flatMap((row) => {
    const status = serviceStatusSchema.parse(row.status);
    return [
      {
        kind: 'service' as const,
        id: row.id,
        title: row.name,
        environmentName: environments(row.environmentId).name,
        blocker: status.blockers[0] ?? stateBlocker(status.state),
        at: row.statusAt ?? row.createdAt,
      },
    ];
  });
}

async function ownerlessServices(db: Queries, projectId: string): Promise<WrongItem[]> {
  const rows = await db
    .select({ id: service.id, title: service.name, environmentName: environment.name })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(eq(service.projectId, projectId), eq(environment.production, true), isNull(service.ownerUserId)),
    )
    .orderBy(asc(service.name))
    .limit(20);
  return rows.flatMap((row) =>
    ownerBlockers({ ownerUserId: null, production: true }).map((found) => ({
      kind: 'service' as const,
      ...row,
      blocker: found,
      at: null,
    })),
  );
}

function stateBlocker(state: string): Blocker {
  return state === 'unknown'
    ? blocker({
        code: 'clusterUnreachable',
        message: 'The cluster cannot be read, so nothing is known about this service.',
        owner: 'the cluster',
      })
    : blocker({
        code: 'revisionNotReady',
        message: 'What serves is not ready.',
        owner: 'the cluster',
      });
}

async function stuckPromotions(db: Queries, asked: Asked): Promise<WrongItem[]> {
  const { records } = await searchPromotions(
    db,
    { projectId: asked.projectId, states: ['approved'] },
    { limit: 50, offset: 0 },
  );
  const rows = await promotionRows(db, records, asked);
  return rows.flatMap((row) => {
    const found = row.blocker;
    if (row.state !== 'approved' || found === null || patience.includes(found.code)) return [];
    const { id, service: of, environment, requestedAt } = row;
    return [
      {
        kind: 'promotion' as const,
        id,
        title: `${row.to.modelName} ${row.to.versionNumber} on ${of.name}`,
        environmentName: environment.name,
        blocker: found,
        at: requestedAt,
      },
    ];
  });
}
