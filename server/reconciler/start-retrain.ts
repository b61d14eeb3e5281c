import { and, eq, isNull } from 'drizzle-orm';
import { type Transaction, transaction } from '../../db/client.ts';
import { retrainHold, retrainRequest, retrainTemplate } from '../../db/schema/retrains.ts';
import { capacityUnknown, preflightBlocker } from '../../domain/preflight/preflight-refusal.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { type Blocker, blocker, DomainError } from '../../domain/refusal.ts';
import {
  chosenActionSchema,
  type RetrainPayload,
  retrainPayloadSchema,
} from '../../domain/retrain/request.ts';
import {
  filledTemplate,
  type Placeholder,
  type WorkTemplate,
  workDemand,
  workName,
  workObject,
  workTemplateSchema,
} from '../../domain/retrain/template.ts';
import { appendAudit, notifyChange } from '../audit/append.ts';
import type { WorkObject, WorkPlace } from '../cluster/cluster.ts';
import { moveRetrain, type RetrainRow, retrainName, retrainObject } from '../move-retrain.ts';
import { retrainFacts } from '../rows/retrain-facts.ts';
import { type RetrainPlace, retrainPlace } from '../rows/retrain-place.ts';
import type { RetrainWork } from '../rows/retrain-view.ts';
import { isFresh } from '../rows/room.ts';
import { lockForWork, type WorkAsk, workGpus, workPreflight } from '../rows/work-preflight.ts';
import type { Retraining } from './keep-retrains.ts';
import { assertHeld, fence } from './lease.ts';
import { lookAtRoom } from './look-at-room.ts';

/**
 * Starts one approved training: budgets and room first, then what it may take is held and its name is on record, then the
 * object is applied, then it runs. Stopped anywhere, the next pass goes on; the same name makes the same object, so a second
 * apply starts nothing anew. What stands against it is its blocker, and it is tried again.
 */
export async function startRetrain(keeping: Retraining, row: RetrainRow): Promise<void> {
  const { db, cluster, lease, clock, mayWrite } = keeping;
  const place = await retrainPlace(db, row.serviceId);
  const template = await templateOf(keeping, row);
  if (template === null) return await end(keeping, row, templateGone);
  const refused = await mayWrite?.(place.namespace, lease);
  if (refused != null) return await wait(keeping, row, refused);
  const object = objectOf(template, row, place);
  if (row.work === null) {
    if (workGpus(workDemand(template), null).milliGpu > 0) await lookAtRoom({ db, cluster, lease, clock });
    const found = await hold(keeping, row, { place, template, object });
    if (found === 'over') return;
    if (found !== null) return await wait(keeping, row, found);
  }
  assertHeld(lease);
  try {
    await cluster.work?.apply(object, lease.epoch);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return await wait(keeping, row, blocker({ ...error.refusal, owner: 'the cluster' }));
  }
  keeping.onWrite?.('training applied');
  await started(keeping, row, object);
}

const templateGone: Blocker = blocker({
  code: 'wrongState',
  message: 'The template that this training was to start from has been removed.',
  owner: 'an instance admin',
  fix: 'Choose another one on the monitoring page of the service, and open the request again.',
});

async function templateOf({ db }: Retraining, { action }: RetrainRow): Promise<WorkTemplate | null> {
  const chosen = chosenActionSchema.parse(action);
  if (chosen.kind !== 'template') return null;
  const [found] = await db
    .select({ object: retrainTemplate.object })
    .from(retrainTemplate)
    .where(
      and(
        eq(retrainTemplate.id, chosen.templateId),
        eq(retrainTemplate.digest, chosen.digest),
        isNull(retrainTemplate.removedAt),
      ),
    );
  return found === undefined ? null : workTemplateSchema.parse(found.object);
}

function valuesOf(payload: RetrainPayload): Record<Placeholder, string> {
  return {
    retrainId: payload.retrainId,
    model: payload.model,
    modelVersion: String(payload.modelVersion),
    service: payload.service,
    environment: payload.environment,
    alert: payload.alert,
    windowFrom: payload.windowFrom,
    windowTo: payload.windowTo,
    reference: payload.referenceId ?? '',
  };
}

function objectOf(template: WorkTemplate, row: RetrainRow, place: RetrainPlace): WorkObject {
  const payload = retrainPayloadSchema.parse(row.payload);
  const { projectId, id: retrainId } = row;
  const { namespace } = place;
  const name = workName(place.service, retrainId);
  const object = workObject(filledTemplate(template, valuesOf(payload)), {
    name,
    namespace,
    retrainId,
    projectId,
  });
  const { labels = {}, annotations } = object.metadata;
  return { ...object, metadata: { ...object.metadata, name, namespace, labels, annotations } };
}

/** The place of an object. */
function placeOf({ apiVersion, kind, metadata: { namespace, name } }: WorkObject): WorkPlace {
  return { apiVersion, kind, namespace, name };
}

type Held = { readonly place: RetrainPlace; readonly template: WorkTemplate; readonly object: WorkObject };

/**
 * Holds what it may take and puts its name on record, or says why it may not start; under the locks of every other start. It
 * is over when somebody closed it meanwhile, or what was signed has changed.
 */
async function hold(
  { db, lease, clock, onWrite }: Retraining,
  row: RetrainRow,
  { place, template, object }: Held,
): Promise<Blocker | 'over' | null> {
  const found = await transaction(db, async (tx) => {
    await fence(tx, lease);
    const now = await clock(tx);
    await tx
      .select({ id: retrainRequest.id })
      .from(retrainRequest)
      .where(eq(retrainRequest.id, row.id))
      .for('update');
    const [facts] = await retrainFacts(tx, { requestId: row.id }, now);
    if (facts?.state !== 'approved') return 'over';
    const demand = workDemand(template);
    const { name } = object.metadata;
    if (workGpus(demand, null).milliGpu > 0) {
      const refused = await reserve(tx, row, { place, modelId: row.modelId, demand, name, now });
      if (refused !== null) return refused;
    }
    const work: RetrainWork = { schema: 1, ...placeOf(object), phase: 'waiting', message: '' };
    await tx.update(retrainRequest).set({ work }).where(eq(retrainRequest.id, row.id));
    return null;
  });
  if (found === null) onWrite?.('training held');
  return found;
}

async function reserve(tx: Transaction, row: RetrainRow, ask: WorkAsk): Promise<Blocker | null> {
  await lockForWork(tx, ask);
  const { checks, holds, room } = await workPreflight(tx, ask);
  if (room === null || !isFresh(room, ask.now)) return capacityUnknown;
  const refused = preflightBlocker(checks);
  if (refused !== null || holds.length === 0) return refused;
  await tx
    .insert(retrainHold)
    .values(
      holds.map(({ budgetId, amount }) => ({
        requestId: row.id,
        budgetId,
        wanted: String(amount),
        held: String(amount),
      })),
    )
    .onConflictDoNothing();
  return null;
}

async function started(keeping: Retraining, row: RetrainRow, object: WorkObject): Promise<void> {
  const { db, lease, clock, origin, onWrite } = keeping;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const now = await clock(tx);
    if (!(await moveRetrain(tx, row, { state: 'running', now, origin }))) return;
    const place = placeOf(object);
    await appendAudit(tx, {
      projectId: row.projectId,
      actor: systemPrincipal,
      action: 'retrains.start',
      now,
      origin,
      drafts: [
        {
          ...retrainObject(row),
          sentence: `started the retraining of ${retrainName(row)} as ${place.kind} ${place.name} in ${place.namespace}`,
          before: { state: 'approved' },
          after: { state: 'running', object: place },
        },
      ],
    });
  });
  onWrite?.('training started');
}

/** Keeps the reason beside the request, as news only when it is another one. */
async function wait({ db, lease }: Retraining, row: RetrainRow, outcome: Blocker): Promise<void> {
  if (JSON.stringify(outcome) === JSON.stringify(row.outcome)) return;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    await tx
      .update(retrainRequest)
      .set({ outcome })
      .where(and(eq(retrainRequest.id, row.id), eq(retrainRequest.state, 'approved')));
    await notifyChange(tx, { projectId: row.projectId, topic: 'retrain', id: row.id });
  });
}

async function end(
  { db, lease, clock, origin }: Retraining,
  row: RetrainRow,
  outcome: Blocker,
): Promise<void> {
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const now = await clock(tx);
    if (!(await moveRetrain(tx, row, { state: 'failed', outcome, now, origin }))) return;
    await appendAudit(tx, {
      projectId: row.projectId,
      actor: systemPrincipal,
      action: 'retrains.follow',
      now,
      origin,
      drafts: [
        {
          ...retrainObject(row),
          sentence: `did not start the retraining of ${retrainName(row)}: ${outcome.message}`,
          before: { state: row.state },
          after: { state: 'failed' },
        },
      ],
    });
  });
}
