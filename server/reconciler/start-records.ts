import { and, eq, isNull } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { cluster, environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import { type PolicyRules, policyRulesSchema } from '../../domain/policy.ts';
import { type TakeOver, takeOverSchema } from '../../domain/take-over.ts';
import { asksForNoGpu, type PreflightAsk } from '../rows/preflight.ts';
import { loadRevisions } from '../rows/revision-record.ts';
import { onlyRow } from '../rows/row-project.ts';
import { type RunningRevision, readRunning } from '../rows/running-revision.ts';
import { loadService } from '../rows/service-record.ts';
import type { PlannedStart } from './start-guards.ts';

type Asked = Pick<PlannedStart, 'serviceId' | 'fromRevisionId' | 'toRevisionId'>;

/** What every start is judged by. */
export type StartFacts = {
  readonly takeOver: TakeOver | null;
  readonly clusterId: string;
  readonly clusterKind: 'sandbox' | 'kubernetes';
  /** Of the policy in force now. */
  readonly rules: PolicyRules;
  readonly activeRolloutId: string | null;
  readonly from: RunningRevision | null;
  readonly to: RunningRevision;
};

/** Reads them in one round trip. */
export async function readFacts(queries: Queries, asked: Asked): Promise<StartFacts> {
  const { serviceId } = asked;
  const [found, revisions] = await Promise.all([
    placeRows(queries, { serviceId }),
    bothOf(asked, (ids) => readRunning(queries, ids)),
  ]);
  const { takeOver, rules, ...place } = onlyRow(found);
  return {
    ...place,
    ...revisions,
    takeOver: takeOver === null ? null : takeOverSchema.parse(takeOver),
    rules: policyRulesSchema.parse(rules),
  };
}

/** The revisions that a start goes from and to, in one round trip. */
async function bothOf<Revision extends { readonly revisionId: string }>(
  { fromRevisionId, toRevisionId }: Asked,
  read: (ids: readonly string[]) => Promise<readonly Revision[]>,
): Promise<{ from: Revision | null; to: Revision }> {
  const found = await read(fromRevisionId === null ? [toRevisionId] : [toRevisionId, fromRevisionId]);
  const revisionOf = (id: string) => onlyRow(found.filter(({ revisionId }) => revisionId === id));
  return {
    from: fromRevisionId === null ? null : revisionOf(fromRevisionId),
    to: revisionOf(toRevisionId),
  };
}

const placeRows = prepared((queries, value: ValueOf<{ serviceId: string }>) =>
  queries
    .select({
      takeOver: service.takeOver,
      clusterId: cluster.id,
      clusterKind: cluster.kind,
      rules: policyRevision.rules,
      activeRolloutId: rollout.id,
    })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .innerJoin(policy, eq(policy.id, environment.policyId))
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .leftJoin(rollout, and(eq(rollout.serviceId, service.id), isNull(rollout.endedAt)))
    .where(eq(service.id, value('serviceId'))),
);

const knownFacts = new WeakMap<PlannedStart, Promise<StartFacts>>();

/**
 * The facts of a start, read once for all its guards: the service is locked, and revisions never change. `rows` are those
 * that were read with the lock.
 */
export function startFacts(
  tx: Transaction,
  start: PlannedStart,
  rows?: Promise<StartFacts>,
): Promise<StartFacts> {
  const known = knownFacts.get(start) ?? rows ?? readFacts(tx, start);
  knownFacts.set(start, known);
  return known;
}

const knownRecords = new WeakMap<PlannedStart, Promise<PreflightAsk>>();

/** Whole records of a start that touches GPUs, read once; null for one that does not. */
export async function gpuRecords(tx: Transaction, start: PlannedStart): Promise<PreflightAsk | null> {
  if (asksForNoGpu(await startFacts(tx, start))) return null;
  const known = knownRecords.get(start) ?? readRecords(tx, start);
  knownRecords.set(start, known);
  return await known;
}

async function readRecords(tx: Transaction, start: PlannedStart): Promise<PreflightAsk> {
  const { serviceId, plan, firstStepIndex = 0, now } = start;
  const [record, revisions] = await Promise.all([
    loadService(tx, serviceId),
    bothOf(start, (ids) => loadRevisions(tx, ids)),
  ]);
  return { record, ...revisions, plan, firstStepIndex, now };
}
