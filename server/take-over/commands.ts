import { and, eq, isNotNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { clusterRequest } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { afterAct, type TakeOver, takeOverRefusal } from '../../domain/take-over.ts';
import {
  planRefusal,
  type TakeOverPlan,
  takeOverPlanRefusal,
  takeOverPlanSchema,
} from '../../domain/take-over-plan.ts';
import type { AuditDraft } from '../audit/append.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
import { loadRevision } from '../rows/revision-record.ts';
import { rowProject } from '../rows/row-project.ts';
import { lockService, type ServiceRecord } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';

const ofService = (tx: Transaction, input: { serviceId: string }) => rowProject(tx, service, input.serviceId);

/** A look at the cluster is good for this long; afterwards it has to be taken again. */
const planMinutes = 15;

function stalePlan(): DomainError {
  return new DomainError({
    code: 'conflict',
    message: 'This plan is not the present one of the service any more.',
    fix: 'Plan again, then take over.',
  });
}

async function planOf(tx: Transaction, record: ServiceRecord, planId: string): Promise<TakeOverPlan> {
  const rows = await tx
    .select({ answer: clusterRequest.answer })
    .from(clusterRequest)
    .where(
      and(
        eq(clusterRequest.id, planId),
        eq(clusterRequest.kind, 'takeOver'),
        eq(clusterRequest.clusterId, record.environment.clusterId),
        isNotNull(clusterRequest.answeredAt),
        sql`${clusterRequest.requestedAt} > clock_timestamp() - ${planMinutes} * interval '1 minute'`,
      ),
    );
  const plan = takeOverPlanSchema.safeParse(rows[0]?.answer).data;
  const { id, stableRevisionId } = record.row;
  if (plan?.serviceId !== id || stableRevisionId === null) throw stalePlan();
  const stable = await loadRevision(tx, stableRevisionId);
  if (plan.specDigest !== stable.specDigest) throw stalePlan();
  return plan;
}

async function saveIntent(tx: Transaction, record: ServiceRecord, intent: { takeOver: TakeOver; now: Date }) {
  const { id } = record.row;
  await tx.update(service).set({ takeOver: intent.takeOver, mode: 'managed' }).where(eq(service.id, id));
  return await wakeService(tx, id, intent.now);
}

function draft({ row }: ServiceRecord, content: Omit<AuditDraft, 'object'>): AuditDraft {
  return { object: { kind: 'service', id: row.id, name: row.name }, ...content };
}

/**
 * Begins to take a watched service over exactly as a plan showed it: Fairlead's own pods beside the found ones, then the
 * traffic step by step. The worker does it; what was found is on record before anything is written.
 */
export const takeOver = command(
  {
    permission: 'services.takeOver',
    schema: z.object({ serviceId: idSchema, planId: idSchema }),
    project: ofService,
  },
  async ({ tx, input, now }) => {
    const record = await lockService(tx, input.serviceId);
    const { row, adoption } = record;
    refuse(planRefusal({ mode: row.mode, adoption, hasStable: row.stableRevisionId !== null }));
    const plan = await planOf(tx, record, input.planId);
    refuse(takeOverPlanRefusal(plan));
    if (plan.path === null) throw stalePlan();
    const begun: TakeOver = {
      schema: 1,
      phase: 'creating',
      step: 0,
      since: now.toISOString(),
      inEffectSince: null,
      startedAt: now.toISOString(),
      path: plan.path,
      foundReplicas: plan.foundReplicas,
      scalesFoundToZero: false,
    };
    const generation = await saveIntent(tx, record, { takeOver: begun, now });
    const routes = plan.path.routes.map(({ name }) => name).join(', ');
    const { name } = plan.path.workload;
    return {
      result: { serviceId: row.id, generation },
      audit: [
        draft(record, {
          sentence: `began to take over ${row.name}: Deployment ${row.name}-r${plan.revisionNumber} beside Deployment ${name}, weights of HTTPRoute ${routes}`,
          before: { mode: 'watched' },
          after: { mode: 'managed', path: plan.path, planDigest: digestOf(JSON.parse(JSON.stringify(plan))) },
        }),
      ],
    };
  },
);

/** Takes the found workload's backend out of the routes; scales it to zero only when the person agrees. It is never deleted. */
export const finishTakeOver = command(
  {
    permission: 'services.finishTakeOver',
    schema: z.object({ serviceId: idSchema, scaleToZero: z.boolean() }),
    project: ofService,
  },
  async ({ tx, input, now }) => {
    const { record, present } = await presentOf(tx, input.serviceId, 'finish');
    const next = { ...afterAct(present, 'finishing', now), scalesFoundToZero: input.scaleToZero };
    const generation = await saveIntent(tx, record, { takeOver: next, now });
    const { name } = present.path.workload;
    const how = input.scaleToZero
      ? `scales Deployment ${name} to zero`
      : `leaves Deployment ${name} as it is`;
    return {
      result: { serviceId: record.row.id, generation },
      audit: [
        draft(record, {
          sentence: `finished the take over of ${record.row.name}, which ${how}`,
          before: { phase: present.phase },
          after: { phase: next.phase, scalesFoundToZero: input.scaleToZero },
        }),
      ],
    };
  },
);

/** Restores what was found: its replicas, its routes, then Fairlead's own objects go and the service is watched again. */
export const giveBack = command(
  { permission: 'services.giveBack', schema: z.object({ serviceId: idSchema }), project: ofService },
  async ({ tx, input, now }) => {
    const { record, present } = await presentOf(tx, input.serviceId, 'giveBack');
    const next = afterAct(present, 'returning', now);
    const generation = await saveIntent(tx, record, { takeOver: next, now });
    return {
      result: { serviceId: record.row.id, generation },
      audit: [
        draft(record, {
          sentence: `gave ${record.row.name} back to Deployment ${present.path.workload.name}`,
          before: { phase: present.phase },
          after: { phase: next.phase },
        }),
      ],
    };
  },
);

async function presentOf(
  tx: Transaction,
  serviceId: string,
  act: 'finish' | 'giveBack',
): Promise<{ record: ServiceRecord; present: TakeOver }> {
  const record = await lockService(tx, serviceId);
  const active = (await activeRollouts(tx, [serviceId])).get(serviceId) ?? null;
  refuse(takeOverRefusal(act, { takeOver: record.takeOver, rolloutActive: active !== null }));
  if (record.takeOver === null) throw stalePlan();
  return { record, present: record.takeOver };
}
