import { eq, sql } from 'drizzle-orm';
import { transaction } from '../../db/client.ts';
import { retrainHold, retrainRequest, retrainTemplate } from '../../db/schema/retrains.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { blocker } from '../../domain/refusal.ts';
import { chosenActionSchema } from '../../domain/retrain/request.ts';
import { workDemand, workTemplateSchema } from '../../domain/retrain/template.ts';
import type { WorkStatus } from '../../domain/retrain/work-status.ts';
import { appendAudit, notifyChange } from '../audit/append.ts';
import { moveRetrain, type RetrainRow, retrainName, retrainObject } from '../move-retrain.ts';
import { type RetrainWork, retrainWorkSchema } from '../rows/retrain-view.ts';
import type { Retraining } from './keep-retrains.ts';
import { fence } from './lease.ts';

/** Looks how far a training is, keeps of its budgets only what is still to come, and puts its end on record. */
export async function followRetrain(keeping: Retraining, row: RetrainRow): Promise<void> {
  const work = retrainWorkSchema.parse(row.work);
  const seen = (await keeping.cluster.work?.look(work)) ?? missing(work);
  await giveBack(keeping, row);
  if (seen.phase === 'succeeded' || seen.phase === 'failed') return await ended(keeping, row, { work, seen });
  if (seen.phase === work.phase && seen.message === work.message) return;
  await transaction(keeping.db, async (tx) => {
    await fence(tx, keeping.lease);
    await tx
      .update(retrainRequest)
      .set({ work: { ...work, ...seen } })
      .where(eq(retrainRequest.id, row.id));
    await notifyChange(tx, { projectId: row.projectId, topic: 'retrain', id: row.id });
  });
}

const missing = ({ kind, name, namespace }: RetrainWork): WorkStatus => ({
  phase: 'failed',
  message: `${kind} ${name} is not in ${namespace} any more, so how it ended is not known.`,
});

/** What is left of the time that it may run, as a share of it, is what is left of what it holds. */
async function giveBack({ db, clock }: Retraining, row: RetrainRow): Promise<void> {
  const chosen = chosenActionSchema.parse(row.action);
  if (chosen.kind !== 'template' || row.startedAt === null) return;
  const [template] = await db
    .select({ object: retrainTemplate.object })
    .from(retrainTemplate)
    .where(eq(retrainTemplate.id, chosen.templateId));
  if (template === undefined) return;
  const { mostSeconds } = workDemand(workTemplateSchema.parse(template.object));
  const ranMs = (await clock(db)).getTime() - row.startedAt.getTime();
  const left = Math.max(0, mostSeconds - Math.floor(ranMs / 1_000));
  await db
    .update(retrainHold)
    .set({ held: sql`ceil(${retrainHold.wanted} * ${left}::int / ${mostSeconds}::int)` })
    .where(sql`${retrainHold.requestId} = ${row.id} and ${retrainHold.endedAt} is null`);
}

type End = { readonly work: RetrainWork; readonly seen: WorkStatus };

async function ended(keeping: Retraining, row: RetrainRow, { work, seen }: End): Promise<void> {
  const { db, lease, clock, origin, onWrite } = keeping;
  const state = seen.phase === 'succeeded' ? ('done' as const) : ('failed' as const);
  const why = seen.message === '' ? `${work.kind} ${work.name} failed.` : seen.message;
  const outcome =
    state === 'done'
      ? null
      : blocker({ code: 'wrongState', message: why, owner: 'whoever trains the model' });
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const now = await clock(tx);
    if (!(await moveRetrain(tx, row, { state, outcome, now, origin }))) return;
    await tx
      .update(retrainRequest)
      .set({ work: { ...work, ...seen } })
      .where(eq(retrainRequest.id, row.id));
    const name = retrainName(row);
    await appendAudit(tx, {
      projectId: row.projectId,
      actor: systemPrincipal,
      action: 'retrains.follow',
      now,
      origin,
      drafts: [
        {
          ...retrainObject(row),
          sentence:
            state === 'done'
              ? `saw the retraining of ${name} succeed; its new version is awaited`
              : `saw the retraining of ${name} fail: ${why}`,
          before: { state: row.state },
          after: { state, object: work.name },
        },
      ],
    });
  });
  onWrite?.('training ended');
}
