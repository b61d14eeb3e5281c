import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { membership } from '../../db/schema/identity.ts';
import { service } from '../../db/schema/services.ts';
import { watchedRefusal } from '../../domain/adoption.ts';
import { idSchema, serviceNameSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { defaultRolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { routeSchema, scalingSchema } from '../../domain/service-spec.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { refuseReadOnlyNamespace } from '../rows/managed-namespace.ts';
import { notFound, rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { specOf, specSourceSchema } from './spec-source.ts';

const runbookSchema = z.url({ protocol: /^https?$/, message: 'A runbook is a web address.' }).max(2_000);

const createSchema = z.object({
  projectId: idSchema,
  environmentId: idSchema,
  name: serviceNameSchema,
  spec: specSourceSchema,
  scaling: scalingSchema,
  route: routeSchema.default({ hostnames: [], pathPrefix: '/' }),
  defaultPlan: rolloutPlanSchema.default(defaultRolloutPlan),
  ownerUserId: idSchema.nullish(),
  runbookUrl: runbookSchema.nullish(),
});

/** Creates a service that runs nothing yet; its first promotion brings the first revision. */
export const createService = command(
  { permission: 'services.create', schema: createSchema, project: (_tx, input) => input.projectId },
  async ({ tx, input, projectId, principal, now }) => {
    const place = await environmentOf(tx, { projectId, environmentId: input.environmentId });
    await refuseReadOnlyNamespace(tx, place);
    const spec = specOf(input.spec);
    const ownerUserId = input.ownerUserId ?? null;
    await refuseStranger(tx, { projectId, userId: ownerUserId });
    const id = newId();
    const { name, scaling, route, defaultPlan } = input;
    const intent = {
      name,
      spec,
      scaling,
      route,
      defaultPlan,
      ownerUserId,
      runbookUrl: input.runbookUrl ?? null,
    };
    const inserted = await tx
      .insert(service)
      .values({
        ...intent,
        id,
        projectId,
        environmentId: place.id,
        mode: 'managed',
        createdAt: now,
        createdBy: principal.id,
        nextReconcileAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: service.id });
    if (inserted.length === 0)
      throw new DomainError({
        code: 'nameTaken',
        message: `There is a service "${name}" in ${place.name} already.`,
      });
    return {
      result: { serviceId: id },
      audit: [
        {
          object: { kind: 'service', id, name },
          sentence: `created the service ${name} in ${place.name}`,
          after: { ...intent, environmentId: place.id },
          related: [{ kind: 'environment', id: place.id }],
        },
      ],
    };
  },
);

const updateSchema = z.object({
  serviceId: idSchema,
  scaling: scalingSchema.optional(),
  route: routeSchema.optional(),
  defaultPlan: rolloutPlanSchema.optional(),
  ownerUserId: idSchema.nullable().optional(),
  runbookUrl: runbookSchema.nullable().optional(),
});

/** Changes what is not a rollout: replicas, route, the plan of later rollouts, owner, runbook. */
export const updateService = command(
  {
    permission: 'services.update',
    schema: updateSchema,
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, projectId, now }) => {
    const { serviceId, ...changes } = input;
    const { row, environment: place } = await lockService(tx, serviceId);
    if (changes.scaling !== undefined || changes.route !== undefined) refuse(watchedRefusal(row));
    await refuseStranger(tx, { projectId, userId: changes.ownerUserId ?? null });
    const before = {
      scaling: row.scaling,
      route: row.route,
      defaultPlan: row.defaultPlan,
      ownerUserId: row.ownerUserId,
      runbookUrl: row.runbookUrl,
    };
    const after = {
      scaling: changes.scaling ?? row.scaling,
      route: changes.route ?? row.route,
      defaultPlan: changes.defaultPlan ?? row.defaultPlan,
      ownerUserId: changes.ownerUserId === undefined ? row.ownerUserId : changes.ownerUserId,
      runbookUrl: changes.runbookUrl === undefined ? row.runbookUrl : changes.runbookUrl,
    };
    await tx.update(service).set(after).where(eq(service.id, serviceId));
    const generation = await wakeService(tx, serviceId, now);
    return {
      result: { serviceId, generation },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: row.name },
          sentence: `changed ${changedWords(changes)} of ${row.name} in ${place.name}`,
          before,
          after,
        },
      ],
    };
  },
);

const words = {
  scaling: 'the scaling',
  route: 'the route',
  defaultPlan: 'the default plan',
  ownerUserId: 'the owner',
  runbookUrl: 'the runbook',
} as const;

function changedWords(changes: Partial<Record<keyof typeof words, unknown>>): string {
  const keys = Object.keys(words) as (keyof typeof words)[];
  const named = keys.filter((key) => changes[key] !== undefined).map((key) => words[key]);
  return named.length === 0 ? 'nothing' : named.join(' and ');
}

async function environmentOf(tx: Transaction, wanted: { projectId: string; environmentId: string }) {
  const rows = await tx
    .select({
      id: environment.id,
      name: environment.name,
      clusterId: environment.clusterId,
      namespace: environment.namespace,
    })
    .from(environment)
    .where(and(eq(environment.id, wanted.environmentId), eq(environment.projectId, wanted.projectId)));
  const found = rows[0];
  if (found === undefined) throw notFound();
  return found;
}

/** An owner is somebody who can look after it, so a member of the project. */
async function refuseStranger(
  tx: Transaction,
  owner: { projectId: string; userId: string | null },
): Promise<void> {
  if (owner.userId === null) return;
  const rows = await tx
    .select({ userId: membership.userId })
    .from(membership)
    .where(and(eq(membership.projectId, owner.projectId), eq(membership.userId, owner.userId)));
  if (rows.length === 0)
    throw new DomainError({
      code: 'invalidInput',
      message: 'ownerUserId: the owner has to be a member of the project.',
      params: { field: 'ownerUserId' },
    });
}
