import type { Transaction } from '../../db/client.ts';
import type { Notice } from '../../domain/notice.ts';
import type { Advance } from '../../domain/rollout-move.ts';
import { stepWeight } from '../../domain/rollout-weights.ts';
import { emitNotice, endNotice, type NoticeDraft, type When } from '../notice.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { noticePlace, rolloutNotice, tellStopped } from '../rows/rollout-notices.ts';
import { statusOf } from '../rows/rollout-rows.ts';
import type { LoadedRollout } from './load-service.ts';

type Moved = Pick<Advance, 'progress' | 'blockers' | 'results'> & { readonly active: LoadedRollout };

/** Tells what a saved move means to people: taken back, held or no longer, back again, finished. */
export async function tellProgress(tx: Transaction, moved: Moved, when: When): Promise<void> {
  const { active, progress } = moved;
  const before = active.rollout.progress;
  if (progress.phase !== before.phase && progress.phase === 'rollingBack' && progress.failure !== null)
    await tellStopped(
      tx,
      {
        record: active.row,
        cause: { kind: 'analysis', message: progress.failure.message },
        requests: Math.max(0, ...moved.results.map(({ figures }) => figures.nCanary)),
      },
      when,
    );
  await tellHeld(tx, moved, when);
  if (progress.endedAt === null) return;
  const { id, projectId } = active.row;
  await endNotice(tx, { projectId, dedupKey: `aborted:${id}` }, when.now);
  const notice = await endOf(tx, moved, progress.endedAt);
  await emitNotice(tx, rolloutNotice(active.row, notice), when);
}

async function tellHeld(tx: Transaction, moved: Moved, when: When): Promise<void> {
  const { active, progress } = moved;
  const { heldAt, stepIndex } = active.rollout.progress;
  const isHeld = progress.heldAt !== null && progress.endedAt === null;
  const key = { projectId: active.row.projectId, dedupKey: `held:${active.row.id}:${stepIndex}` };
  if (heldAt !== null && !(isHeld && progress.stepIndex === stepIndex)) await endNotice(tx, key, when.now);
  if (isHeld) await emitNotice(tx, await heldNotice(tx, moved), when);
}

async function heldNotice(tx: Transaction, { active, progress, blockers }: Moved): Promise<NoticeDraft> {
  const { service, environment, production } = await noticePlace(tx, active.row.serviceId);
  const weightPercent = stepWeight({ ...active.rollout, progress });
  const revision = active.rollout.toNumber;
  const lacks = String(blockers.find(({ code }) => code === 'held')?.params.lacks ?? '');
  return rolloutNotice(
    active.row,
    { kind: 'held', service, environment, production, revision, weightPercent, lacks },
    `:${progress.stepIndex}`,
  );
}

async function endOf(tx: Transaction, { active, progress }: Moved, endedAt: Date): Promise<Notice> {
  const { row, rollout } = active;
  const { service, environment, production } = await noticePlace(tx, row.serviceId);
  const place = { service, environment, production };
  const tookMs = (since: Date) => endedAt.getTime() - since.getTime();
  const { fromNumber, toNumber } = rollout;
  if (progress.phase !== 'succeeded')
    return {
      kind: 'rolledBack',
      ...place,
      revision: toNumber,
      backTo: fromNumber,
      tookMs: tookMs(rollout.progress.stepStartedAt),
    };
  // Without a promotion it is the way back to a revision that has served before.
  if (row.promotionId === null && fromNumber !== null)
    return {
      kind: 'rolledBack',
      ...place,
      revision: fromNumber,
      backTo: toNumber,
      tookMs: tookMs(row.startedAt),
    };
  const { modelName, versionNumber } = (await revisionRefs(tx, [row.toRevisionId])).of(row.toRevisionId);
  return {
    kind: 'finished',
    ...place,
    version: `${modelName} ${versionNumber}`,
    revision: toNumber,
    tookMs: tookMs(row.startedAt),
    requests: statusOf(row)?.requests.nCanary ?? null,
  };
}
