import { postgresError, transaction } from '../../db/client.ts';
import { rolloutRecord } from '../../db/schema/rollouts.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { missingParts, type RolloutRecord, rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { recordedNumber, recordingLeftMs } from '../../domain/rollout-recording.ts';
import { appendAudit } from '../audit/append.ts';
import { digestOf } from '../digest.ts';
import { log } from '../log.ts';
import { fence } from './lease.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';
import { takeRecord } from './take-record.ts';

type Due = {
  readonly loaded: LoadedService;
  /** As this pass leaves it. */
  readonly active: LoadedRollout;
  readonly now: Date;
};

/**
 * Freezes what is known of a way back, once, before anything is taken away: what the cluster does not answer in the time
 * that is left is said to be missing, and so is all of it when that time is over. Resolves to whether it froze something.
 */
export async function freezeRecord(hands: Hands, { loaded, active, now }: Due): Promise<boolean> {
  const number = recordedNumber(active.rollout);
  const leftMs = recordingLeftMs(active.rollout, now);
  if (number === null || leftMs === null) return false;
  const record = await takeRecord(hands, { loaded, active, now, number, leftMs });
  const frozen = await store(hands, { loaded, active, now, record });
  if (frozen) hands.onWrite?.('record');
  return frozen;
}

type Storing = Due & { readonly record: RolloutRecord };

async function store(hands: Hands, storing: Storing): Promise<boolean> {
  try {
    return await insert(hands, storing);
  } catch (error) {
    // A record that the database cannot hold must not keep the canary for ever.
    if (!/^(22|54)/.test(postgresError(error)?.code ?? '')) throw error;
    log.error({ error, rolloutId: storing.active.row.id }, 'A record could not be stored.');
    return await insert(hands, { ...storing, record: emptied(storing.record) });
  }
}

function emptied(record: RolloutRecord): RolloutRecord {
  const missing = { kind: 'missing', why: 'The database could not hold what was recorded.' } as const;
  const lost = { verdict: missing, requests: missing, series: missing, told: missing };
  return { ...record, ...lost, pods: missing, events: missing, logs: missing };
}

async function insert(hands: Hands, { loaded, active, now, record }: Storing): Promise<boolean> {
  const { projectId, name } = loaded.row;
  const { row } = active;
  const stored = rolloutRecordSchema.parse(JSON.parse(JSON.stringify(record)));
  const digest = digestOf(stored);
  return await transaction(hands.db, async (tx) => {
    await fence(tx, hands.lease);
    const inserted = await tx
      .insert(rolloutRecord)
      .values({ rolloutId: row.id, projectId, record: stored, digest, frozenAt: now })
      .onConflictDoNothing()
      .returning({ rolloutId: rolloutRecord.rolloutId });
    if (inserted.length === 0) return false;
    const missing = missingParts(stored).map((part) => part.name);
    const lack = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
    await appendAudit(tx, {
      projectId,
      actor: systemPrincipal,
      action: 'rollouts.freezeRecord',
      now,
      origin: hands.origin,
      drafts: [
        {
          object: { kind: 'rollout', id: row.id, name },
          sentence: `recorded what happened before revision ${record.revisionNumber} is taken away${lack}`,
          after: { recordDigest: digest, revisionNumber: record.revisionNumber, missing },
          related: [{ kind: 'service', id: row.serviceId }],
        },
      ],
    });
    return true;
  });
}
