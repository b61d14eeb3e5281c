import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { driftFeature } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { featureRoles } from '../../domain/drift/feature.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { type FeatureRow, featureRows, lockFeatures } from '../store-features.ts';

const columnSchema = z.object({
  serviceId: idSchema,
  column: z.string().min(1).max(256),
});
const ofService = (tx: Transaction, { serviceId }: { serviceId: string }) =>
  rowProject(tx, service, serviceId);

async function lockedFeatures(tx: Transaction, serviceId: string) {
  await lockFeatures(tx, serviceId);
  const { name } = onlyRow(
    await tx.select({ name: service.name }).from(service).where(eq(service.id, serviceId)),
  );
  return { name, features: await featureRows(tx, serviceId) };
}

function refuseAlias(features: ReadonlyMap<string, FeatureRow>, column: string): void {
  const owner = [...features.values()].find(({ aliases }) => aliases.includes(column));
  if (owner === undefined) return;
  throw new DomainError({
    code: 'conflict',
    message: `The column ${column} is counted as the feature ${owner.name} already.`,
  });
}

/**
 * Says what a column is: a feature of its own with this role (also one that was refused or ignored), or another name of a
 * feature. A new one is counted as soon as bins are learned from the next rows.
 */
export const mapFeature = command(
  {
    permission: 'features.map',
    schema: columnSchema.extend({ as: z.union([z.enum(featureRoles), z.object({ feature: z.string() })]) }),
    project: ofService,
  },
  async ({ tx, input, projectId, now }) => {
    const { serviceId, column, as } = input;
    const { name: serviceName, features } = await lockedFeatures(tx, serviceId);
    refuseAlias(features, column);
    const before = features.get(column) ?? null;
    const featureId =
      typeof as === 'string'
        ? await upsertFeature(tx, { projectId, serviceId, name: column, role: as, now })
        : await addAlias(tx, { features, column, feature: as.feature });
    return {
      result: { featureId },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: serviceName },
          sentence:
            typeof as === 'string'
              ? `counts the column ${column} of ${serviceName} as ${roleText[as]}`
              : `counts the column ${column} of ${serviceName} as its feature ${as.feature}`,
          before: before === null ? undefined : { role: before.role, state: before.state },
          after: { column, as },
        },
      ],
    };
  },
);

const roleText = {
  input: 'an input',
  score: 'a score',
  class: 'a predicted class',
  value: 'a predicted value',
  latency: 'a latency',
  quality: 'a quality figure',
} as const;

type NewFeature = Pick<typeof driftFeature.$inferInsert, 'projectId' | 'serviceId' | 'name' | 'role'> & {
  now: Date;
};

async function upsertFeature(tx: Transaction, { now, ...row }: NewFeature): Promise<string> {
  const [stored] = await tx
    .insert(driftFeature)
    .values({ ...row, id: newId(), state: 'counted', createdAt: now })
    .onConflictDoUpdate({
      target: [driftFeature.serviceId, driftFeature.name],
      set: { role: row.role, state: 'counted', why: null },
    })
    .returning({ id: driftFeature.id });
  if (stored === undefined) throw new Error(`The feature ${row.name} was not stored.`);
  return stored.id;
}

type Alias = {
  readonly features: ReadonlyMap<string, FeatureRow>;
  readonly column: string;
  readonly feature: string;
};

async function addAlias(tx: Transaction, { features, column, feature }: Alias): Promise<string> {
  const target = features.get(feature);
  if (target === undefined)
    throw new DomainError({ code: 'notFound', message: `The service has no feature ${feature}.` });
  const own = features.get(column);
  if (own?.state === 'counted')
    throw new DomainError({
      code: 'conflict',
      message: `The column ${column} is a feature of its own.`,
      fix: 'Ignore it first; its counters stay as they are.',
    });
  await tx
    .update(driftFeature)
    .set({ aliases: sql`array_append(${driftFeature.aliases}, ${column})` })
    .where(eq(driftFeature.id, target.id));
  return target.id;
}

/** Leaves a column out of what is counted from now on; what was counted stays, and an admin may map it again. */
export const ignoreFeature = command(
  { permission: 'features.ignore', schema: columnSchema, project: ofService },
  async ({ tx, input, projectId, principal, now }) => {
    const { serviceId, column } = input;
    const { name: serviceName, features } = await lockedFeatures(tx, serviceId);
    refuseAlias(features, column);
    const before = features.get(column);
    if (before?.state === 'ignored') return { result: null, audit: 'nothingWritten' };
    const why = `Ignored by ${principal.name}.`;
    if (before === undefined)
      await tx.insert(driftFeature).values({
        id: newId(),
        projectId,
        serviceId,
        name: column,
        role: 'input',
        state: 'ignored',
        why,
        createdAt: now,
      });
    else
      await tx
        .update(driftFeature)
        .set({ state: 'ignored', why })
        .where(and(eq(driftFeature.projectId, projectId), eq(driftFeature.id, before.id)));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: serviceName },
          sentence: `ignores the column ${column} of ${serviceName}`,
          before: before === undefined ? undefined : { role: before.role, state: before.state },
          after: { column, state: 'ignored' },
        },
      ],
    };
  },
);
