import { eq } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { cluster, environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type Adoption, adoptionSchema } from '../../domain/adoption.ts';
import { gatewayRefSchema } from '../../domain/environment.ts';
import { type PolicyRules, policyRulesSchema } from '../../domain/policy.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import {
  routeSchema,
  type Scaling,
  type ServiceRoute,
  type ServiceSpec,
  scalingSchema,
  serviceSpecSchema,
} from '../../domain/service-spec.ts';
import { type ServingScope, servingPort } from '../../domain/serving.ts';
import { type TakeOver, takeOverSchema } from '../../domain/take-over.ts';
import type { EnvironmentRef } from './environment-refs.ts';
import { onlyRow } from './row-project.ts';

export type PolicyInForce = {
  readonly policyId: string;
  readonly name: string;
  readonly revisionId: string;
  readonly number: number;
  readonly rules: PolicyRules;
};

/** A service with its environment and the policy in force, JSON parsed. */
export type ServiceRecord = {
  readonly row: typeof service.$inferSelect;
  readonly spec: ServiceSpec;
  readonly scaling: Scaling;
  readonly route: ServiceRoute;
  /** What a watched service looks at; null for one that Fairlead made. */
  readonly adoption: Adoption | null;
  /** Under way or done; null for one that Fairlead made or only watches. */
  readonly takeOver: TakeOver | null;
  readonly defaultPlan: RolloutPlan;
  readonly environment: EnvironmentRef;
  readonly gateway: ServingScope['gateway'];
  readonly environmentHostnames: readonly string[];
  readonly policy: PolicyInForce;
};

const serviceRows = prepared((queries, value: ValueOf<{ serviceId: string }>) =>
  queries
    .select({ row: service, environment, cluster, policy, revision: policyRevision })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .innerJoin(policy, eq(policy.id, environment.policyId))
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .where(eq(service.id, value('serviceId'))),
);

/** Reads one service; throws notFound. */
export async function loadService(queries: Queries, serviceId: string): Promise<ServiceRecord> {
  const found = onlyRow(await serviceRows(queries, { serviceId }));
  const { row } = found;
  return {
    row,
    spec: serviceSpecSchema.parse(row.spec),
    scaling: scalingSchema.parse(row.scaling),
    route: routeSchema.parse(row.route),
    adoption: row.adoption === null ? null : adoptionSchema.parse(row.adoption),
    takeOver: row.takeOver === null ? null : takeOverSchema.parse(row.takeOver),
    defaultPlan: rolloutPlanSchema.parse(row.defaultPlan),
    environment: {
      id: found.environment.id,
      name: found.environment.name,
      production: found.environment.production,
      clusterId: found.cluster.id,
      clusterName: found.cluster.name,
      clusterKind: found.cluster.kind,
      namespace: found.environment.namespace,
    },
    gateway: gatewayRefSchema.parse(found.environment.gateway),
    environmentHostnames: found.environment.hostnames,
    policy: {
      policyId: found.policy.id,
      name: found.policy.name,
      revisionId: found.revision.id,
      number: found.revision.number,
      rules: policyRulesSchema.parse(found.revision.rules),
    },
  };
}

/** Locks the service's row, then reads it, so that two requests cannot take the same number. */
export async function lockService(tx: Transaction, serviceId: string): Promise<ServiceRecord> {
  await tx.select({ id: service.id }).from(service).where(eq(service.id, serviceId)).for('update');
  return await loadService(tx, serviceId);
}

/** Where the service's objects live; hostnames of the service come before those of its environment. */
export function servingScope(record: ServiceRecord): ServingScope {
  const { row, environment: place, route } = record;
  return {
    projectId: row.projectId,
    serviceId: row.id,
    serviceName: row.name,
    clusterId: place.clusterId,
    namespace: place.namespace,
    gateway: record.gateway,
    hostnames: route.hostnames.length > 0 ? route.hostnames : record.environmentHostnames,
    pathPrefix: route.pathPrefix,
    port: servingPort,
    ...(record.takeOver === null ? {} : { adopted: record.takeOver.path }),
  };
}
