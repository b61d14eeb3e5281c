import { eq } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import type { Notice } from '../../domain/notice.ts';
import { emitNotice, type NoticeDraft, type When } from '../notice.ts';
import type { RolloutRecord } from './active-rollouts.ts';
import { revisionRefs } from './revision-refs.ts';
import { currentWeight, statusOf } from './rollout-rows.ts';
import { onlyRow } from './row-project.ts';

/** Service and environment of a notice, as its sentence names them. */
export async function noticePlace(queries: Queries, serviceId: string) {
  return onlyRow(
    await queries
      .select({
        service: service.name,
        environment: environment.name,
        production: environment.production,
        environmentId: environment.id,
        clusterId: environment.clusterId,
      })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .where(eq(service.id, serviceId)),
  );
}

/** A notice about a rollout; its key tells it from others of the same rollout. */
export function rolloutNotice(record: RolloutRecord, notice: Notice, key = ''): NoticeDraft {
  const { id, projectId, serviceId } = record;
  return {
    projectId,
    notice,
    object: { kind: 'rollout', id },
    serviceId,
    dedupKey: `${notice.kind}:${id}${key}`,
  };
}

type Stopped = {
  /** As it was before it was stopped. */
  readonly record: RolloutRecord;
  readonly cause: Extract<Notice, { kind: 'aborted' }>['cause'];
  /** Requests that the new revision answered; those of its last status when left out. */
  readonly requests?: number;
};

/** Tells, once a rollout, that its traffic goes back, and why. */
export async function tellStopped(
  tx: Transaction,
  { record, cause, requests }: Stopped,
  when: When,
): Promise<void> {
  const { service: name, environment: where, production } = await noticePlace(tx, record.serviceId);
  const revisions = await revisionRefs(tx, [record.fromRevisionId, record.toRevisionId]);
  const notice: Notice = {
    kind: 'aborted',
    service: name,
    environment: where,
    production,
    revision: revisions.of(record.toRevisionId).number,
    backTo: revisions.maybe(record.fromRevisionId)?.number ?? null,
    weightPercent: currentWeight(record),
    requests: requests ?? statusOf(record)?.requests.nCanary ?? null,
    cause,
  };
  await emitNotice(tx, rolloutNotice(record, notice), when);
}
