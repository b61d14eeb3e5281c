import { and, asc, desc, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { sandboxCluster } from '../../db/schema/sandbox.ts';
import { healthInterval, roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import type { ProvingRule } from '../../domain/policy.ts';
import { type Proof, type ProvingHistory, proofOf, provingPlaceRefusal } from '../../domain/proving.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { longestUnseenMs } from '../../domain/service-health.ts';

/** More changes of health than this are not read; what is older then speaks for nobody. */
const mostIntervals = 2_000;

type Asked = {
  readonly projectId: string;
  readonly serviceName: string;
  readonly modelVersionId: string;
  readonly rules: readonly ProvingRule[];
  /** On the database's clock; a sandbox's own offset is added. */
  readonly now: Date;
};

export type Proofs = {
  /** In the order of the rules; a rule with a refusal has none. */
  readonly proofs: readonly Proof[];
  /** Rules that no version could meet on this service. */
  readonly refusals: readonly Refusal[];
};

/** What the policy asks a version to prove first, and how far it is; two reads per rule, none without rules. */
export async function loadProofs(queries: Queries, asked: Asked): Promise<Proofs> {
  if (asked.rules.length === 0) return { proofs: [], refusals: [] };
  const places = await provingPlaces(queries, asked);
  const proofs: Proof[] = [];
  const refusals: Refusal[] = [];
  for (const rule of asked.rules) {
    const place = places.find((each) => each.environment === rule.environment);
    if (place?.serviceId == null)
      refusals.push(
        ...[provingPlaceRefusal(rule, asked.serviceName, placesOf(places))].filter((no) => no !== null),
      );
    else
      proofs.push(
        proofOf(
          rule,
          place.serviceId,
          await historyOf(queries, asked, { ...place, serviceId: place.serviceId }),
        ),
      );
  }
  return { proofs, refusals };
}

type Place = {
  readonly environment: string;
  readonly serviceId: string | null;
  readonly lookedAt: Date | null;
  readonly offsetMs: number | null;
};

function placesOf(places: readonly Place[]) {
  return {
    environments: places.map((place) => place.environment),
    services: places.filter((place) => place.serviceId !== null).map((place) => place.environment),
  };
}

async function provingPlaces(queries: Queries, { projectId, serviceName, rules }: Asked): Promise<Place[]> {
  return await queries
    .select({
      environment: environment.name,
      serviceId: service.id,
      lookedAt: service.lookedAt,
      offsetMs: sandboxCluster.clockOffsetMs,
    })
    .from(environment)
    .leftJoin(service, and(eq(service.environmentId, environment.id), eq(service.name, serviceName)))
    .leftJoin(sandboxCluster, eq(sandboxCluster.clusterId, environment.clusterId))
    .where(
      and(
        eq(environment.projectId, projectId),
        inArray(
          environment.name,
          rules.map((rule) => rule.environment),
        ),
      ),
    );
}

async function historyOf(
  queries: Queries,
  asked: Asked,
  { serviceId, lookedAt, offsetMs }: Place & { readonly serviceId: string },
): Promise<ProvingHistory> {
  const now = new Date(asked.now.getTime() + (offsetMs ?? 0));
  const stable = await queries
    .select({ fromAt: roleInterval.fromAt, toAt: roleInterval.toAt })
    .from(roleInterval)
    .innerJoin(serviceRevision, eq(serviceRevision.id, roleInterval.revisionId))
    .where(
      and(
        eq(roleInterval.serviceId, serviceId),
        eq(roleInterval.role, 'stable'),
        eq(serviceRevision.modelVersionId, asked.modelVersionId),
      ),
    )
    .orderBy(asc(roleInterval.fromAt));
  const first = stable[0];
  const health = first === undefined ? [] : await healthSince(queries, serviceId, first.fromAt);
  const seenMs = lookedAt === null ? 0 : lookedAt.getTime() + longestUnseenMs;
  return { stable, health, now, knownUntil: new Date(Math.min(now.getTime(), seenMs)) };
}

async function healthSince(queries: Queries, serviceId: string, from: Date) {
  return await queries
    .select({ health: healthInterval.health, fromAt: healthInterval.fromAt, toAt: healthInterval.toAt })
    .from(healthInterval)
    .where(
      and(
        eq(healthInterval.serviceId, serviceId),
        or(isNull(healthInterval.toAt), gt(healthInterval.toAt, from)),
      ),
    )
    .orderBy(desc(healthInterval.fromAt))
    .limit(mostIntervals);
}
