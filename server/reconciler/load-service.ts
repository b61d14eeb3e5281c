import { and, asc, desc, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { type Database, type Queries, snapshot } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { cluster, environment, metricsCredential } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout, rolloutRecord } from '../../db/schema/rollouts.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import type { RolloutInput, ServingInput } from '../../domain/desired-serving.ts';
import { gatewayRefSchema, metricsSourceSchema } from '../../domain/environment.ts';
import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import { refusalSchema } from '../../domain/refusal-schema.ts';
import type { Rollout } from '../../domain/rollout.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { routeSchema, type Scaling, scalingSchema, serviceSpecSchema } from '../../domain/service-spec.ts';
import { type DesiredRevision, type ServingScope, servingPort } from '../../domain/serving.ts';
import { type TakeOver, takeOverSchema } from '../../domain/take-over.ts';

import { allowancesColumn } from '../rows/egress-allowances.ts';
import { type RunningRevision, running, runningRevisions } from '../rows/running-revision.ts';
import type { MetricsAccess } from './metrics-sources.ts';
import type { AskedStart } from './start-rollout.ts';

type ServiceRow = typeof service.$inferSelect;
type RolloutRow = typeof rollout.$inferSelect;

/** The active rollout with its row (status and dispersion) and its revisions as they should run. */
export type LoadedRollout = RolloutInput & { readonly row: RolloutRow };

export type KeptCanary = {
  readonly row: RolloutRow;
  readonly revision: DesiredRevision;
  readonly keepUntil: Date;
};

/** Everything that is wanted of one Service, read at one moment. */
export type LoadedService = {
  readonly row: ServiceRow;
  readonly clusterKind: 'sandbox' | 'kubernetes';
  readonly metrics: MetricsAccess;
  readonly serving: ServingInput;
  /** Under way or done; null for a service that Fairlead made or only watches. */
  readonly takeOver: TakeOver | null;
  readonly active: LoadedRollout | null;
  /** The newest revision that went back and that somebody wants to stay without traffic. */
  readonly kept: KeptCanary | null;
  /** Oldest approved promotion that waits for its start, else the oldest that waits for signatures; only looked for when no rollout is active. */
  readonly waiting: WaitingPromotion | null;
};

export type WaitingPromotion = AskedStart & {
  readonly state: 'open' | 'approved';
  readonly revisionNumber: number;
  readonly plan: RolloutPlan;
  /** Something kept it from starting when it was last asked. */
  readonly waits: boolean;
  /** Its revision's, which does not run yet. */
  readonly podTemplate: DesiredRevision['podTemplate'];
};

/** Reads a Service with its active rollout; null when there is none. JSON is parsed; a row that does not parse throws. */
export async function loadService(db: Database, serviceId: string): Promise<LoadedService | null> {
  return await snapshot(db, (queries) => readService(queries, serviceId));
}

/** As loadService, inside a snapshot of the caller's. */
export async function readService(queries: Queries, serviceId: string): Promise<LoadedService | null> {
  const [[found], [keptRow], [waiting], records] = await Promise.all([
    serviceRows(queries, { serviceId }),
    keptRollouts(queries, { serviceId }),
    waitingPromotions(queries, { serviceId }),
    revisionRecords(queries, { serviceId }),
  ]);
  if (found === undefined) return null;
  const { row, activeRow } = found;
  const takeOver = row.takeOver === null ? null : takeOverSchema.parse(row.takeOver);
  const scope = scopeOf(row, found.environment, takeOver);
  const revisions = desiredRevisions(records, scalingSchema.parse(row.scaling));
  const stable = row.stableRevisionId === null ? null : (revisions.get(row.stableRevisionId) ?? null);
  return {
    row,
    clusterKind: found.clusterKind,
    metrics: {
      environmentId: found.environment.id,
      source: metricsSourceSchema.parse(found.environment.metricsSource),
      sealedSecret: found.sealedSecret,
      allowances: found.allowances,
    },
    serving: { scope, generation: row.generation, stable },
    takeOver,
    active: activeRow === null ? null : loadedRollout(activeRow, { revisions, recordedAt: found.recordedAt }),
    kept: keptRow === undefined ? null : keptCanary(keptRow, revisions),
    waiting: activeRow === null ? waitingOf(waiting) : null,
  };
}

type OfService = { readonly serviceId: string };

const serviceRows = prepared((queries, value: ValueOf<OfService>) =>
  queries
    .select({
      row: service,
      environment: {
        id: environment.id,
        clusterId: environment.clusterId,
        namespace: environment.namespace,
        gateway: environment.gateway,
        hostnames: environment.hostnames,
        metricsSource: environment.metricsSource,
      },
      clusterKind: cluster.kind,
      activeRow: rollout,
      recordedAt: rolloutRecord.frozenAt,
      sealedSecret: metricsCredential.sealed,
      allowances: allowancesColumn,
    })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
    .leftJoin(rollout, and(eq(rollout.serviceId, service.id), isNull(rollout.endedAt)))
    .leftJoin(rolloutRecord, eq(rolloutRecord.rolloutId, rollout.id))
    .where(eq(service.id, value('serviceId'))),
);

/** The service with the rollout that has just been started on it; read again where its stable revision is another by now. */
export async function withStarted(
  db: Database,
  loaded: LoadedService,
  { row, to }: { row: RolloutRow; to: RunningRevision },
): Promise<LoadedService | null> {
  const { stable } = loaded.serving;
  if (row.fromRevisionId !== (stable?.revisionId ?? null)) return await loadService(db, row.serviceId);
  const desired = desiredRevision(to, scalingSchema.parse(loaded.row.scaling));
  const revisions = new Map(
    [desired, ...(stable === null ? [] : [stable])].map((one) => [one.revisionId, one]),
  );
  return { ...loaded, active: loadedRollout(row, { revisions, recordedAt: null }), waiting: null };
}

function scopeOf(
  row: ServiceRow,
  place: Pick<typeof environment.$inferSelect, 'clusterId' | 'namespace' | 'gateway' | 'hostnames'>,
  takeOver: TakeOver | null,
): ServingScope {
  const route = routeSchema.parse(row.route);
  return {
    projectId: row.projectId,
    serviceId: row.id,
    serviceName: row.name,
    clusterId: place.clusterId,
    namespace: place.namespace,
    gateway: gatewayRefSchema.parse(place.gateway),
    hostnames: route.hostnames.length > 0 ? route.hostnames : place.hostnames,
    pathPrefix: route.pathPrefix,
    port: servingPort,
    ...(takeOver === null ? {} : { adopted: takeOver.path }),
  };
}

/** Of what is stable, under way or kept. */
const revisionRecords = prepared((queries, value: ValueOf<OfService>) => {
  const stable = queries
    .select({ id: service.stableRevisionId })
    .from(service)
    .where(eq(service.id, value('serviceId')));
  const moving = and(eq(rollout.serviceId, value('serviceId')), or(isNull(rollout.endedAt), isKept()));
  const from = queries.select({ id: rollout.fromRevisionId }).from(rollout).where(moving);
  const to = queries.select({ id: rollout.toRevisionId }).from(rollout).where(moving);
  return runningRevisions(queries, sql`${serviceRevision.id} in (${stable} union ${from} union ${to})`);
});

function desiredRevisions(
  records: Awaited<ReturnType<typeof revisionRecords>>,
  scaling: Scaling,
): Map<string, DesiredRevision> {
  return new Map(records.map((row) => [row.revisionId, desiredRevision(running(row), scaling)]));
}

function desiredRevision(revision: RunningRevision, scaling: Scaling): DesiredRevision {
  const { number, revisionId, modelVersionId, specDigest, spec, version } = revision;
  const podTemplate = resolvedPodTemplate(spec, version);
  return { number, revisionId, modelVersionId, specDigest, podTemplate, port: spec.port, scaling };
}

/** It went back and was to be kept, until that is over. */
function isKept() {
  return and(isNotNull(rollout.endedAt), isNotNull(rollout.keepUntil), isNull(rollout.keptEndedAt));
}

const keptRollouts = prepared((queries, value: ValueOf<OfService>) =>
  queries
    .select()
    .from(rollout)
    .where(and(eq(rollout.serviceId, value('serviceId')), isKept()))
    .orderBy(desc(rollout.startedAt))
    .limit(1),
);

function keptCanary(row: RolloutRow, revisions: ReadonlyMap<string, DesiredRevision>): KeptCanary | null {
  const revision = revisions.get(row.toRevisionId);
  if (revision === undefined) throw new Error(`Rollout ${row.id} names a revision that does not exist.`);
  return row.keepUntil === null ? null : { row, revision, keepUntil: row.keepUntil };
}

type Known = {
  readonly revisions: ReadonlyMap<string, DesiredRevision>;
  readonly recordedAt: Date | null;
};

function loadedRollout(row: RolloutRow, { revisions, recordedAt }: Known): LoadedRollout {
  const to = revisions.get(row.toRevisionId);
  const from = row.fromRevisionId === null ? null : revisions.get(row.fromRevisionId);
  if (to === undefined || from === undefined)
    throw new Error(`Rollout ${row.id} names a revision that does not exist.`);
  const numbers = { from: from?.number ?? null, to: to.number };
  return { row, from, to, rollout: { ...rolloutOf(row, numbers), recordedAt } };
}

function rolloutOf(row: RolloutRow, numbers: { from: number | null; to: number }): Rollout {
  return {
    id: row.id,
    serviceId: row.serviceId,
    fromNumber: numbers.from,
    toNumber: numbers.to,
    plan: rolloutPlanSchema.parse(row.plan),
    firstStepIndex: row.firstStepIndex,
    isWayBack: row.promotionId === null,
    recordedAt: null,
    generation: row.generation,
    intent: {
      goal: row.goal,
      pausedAt: row.pausedAt,
      promotedAt: row.promotedAt,
      continuedStep: row.continuedStep,
      keepUntil: row.keepUntil,
    },
    progress: {
      phase: row.phase,
      stepIndex: row.stepIndex,
      stepStartedAt: row.stepStartedAt,
      acceptedAt: row.acceptedAt,
      effectiveAt: row.effectiveAt,
      heldAt: row.heldAt,
      fullAt: row.fullAt,
      endedAt: row.endedAt,
      failure: row.failure === null ? null : refusalSchema.parse(row.failure),
      weightOffAt: row.weightOffAt,
      passedSteps: row.passedSteps,
    },
  };
}

const waitingPromotions = prepared((queries, value: ValueOf<OfService>) =>
  queries
    .select({
      id: promotion.id,
      projectId: promotion.projectId,
      serviceId: promotion.serviceId,
      fromRevisionId: promotion.fromRevisionId,
      toRevisionId: promotion.toRevisionId,
      state: promotion.state,
      revisionNumber: serviceRevision.number,
      plan: promotion.plan,
      outcome: promotion.outcome,
      spec: serviceRevision.spec,
    })
    .from(promotion)
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .where(and(eq(promotion.serviceId, value('serviceId')), inArray(promotion.state, ['open', 'approved'])))
    .orderBy(desc(eq(promotion.state, 'approved')), asc(promotion.requestedAt), asc(promotion.id))
    .limit(1),
);

function waitingOf(
  found: Awaited<ReturnType<typeof waitingPromotions>>[number] | undefined,
): WaitingPromotion | null {
  if (found === undefined) return null;
  const { spec, outcome, ...asked } = found;
  const { podTemplate } = serviceSpecSchema.parse(spec);
  const plan = rolloutPlanSchema.parse(asked.plan);
  const state = asked.state === 'approved' ? 'approved' : 'open';
  return { ...asked, state, plan, waits: outcome !== null, podTemplate };
}
