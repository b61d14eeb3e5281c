import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError, type Transaction } from '../../db/client.ts';
import { cluster, environment, policy } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import {
  gatewayRefSchema,
  type MetricsSource,
  metricsSecretSchema,
  metricsSourceSchema,
} from '../../domain/environment.ts';
import { dnsLabelSchema, idSchema } from '../../domain/name.ts';
import { DomainError, refusal, refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { voidPromotions } from '../promotion-void.ts';
import { provingRulesRefusal } from '../rows/proving-rules.ts';
import { notFound, onlyRow, rowProject } from '../rows/row-project.ts';
import { refuseForbiddenSource, storeMetricsSecret } from './metrics-source.ts';
import { lockOrder, numberInOrder } from './order.ts';

const hostnamesSchema = z
  .array(
    z
      .string()
      .max(253)
      .regex(/^(\*\.)?[a-z0-9.-]+$/, 'A hostname has lowercase letters, digits, "-" and ".".'),
  )
  .max(16);

const createSchema = z.object({
  projectId: idSchema,
  name: dnsLabelSchema,
  groupName: z.string().trim().max(100).nullish(),
  position: z.int().min(0).max(10_000).optional(),
  production: z.boolean(),
  clusterId: idSchema,
  namespace: dnsLabelSchema,
  gateway: gatewayRefSchema,
  hostnames: hostnamesSchema.default([]),
  metricsSource: metricsSourceSchema,
  /** Sealed for the worker; left out, a stored one is kept. */
  metricsSecret: metricsSecretSchema.nullish(),
  policyId: idSchema,
});

/** Creates an environment; cluster and namespace belong to one environment over all projects. */
export const createEnvironment = command(
  { permission: 'environments.create', schema: createSchema, project: (_tx, input) => input.projectId },
  async ({ tx, input, projectId, now, ctx }) => {
    const { metricsSecret = null, ...given } = input;
    const source = given.metricsSource;
    const kind = await clusterKind(tx, input.clusterId);
    refuseForeignMetrics(kind, source);
    await refuseForbiddenSource(tx, source);
    await policyOf(tx, { projectId, policyId: input.policyId });
    await refuseTaken(tx, { ...input, projectId });
    const id = newId();
    const present = await lockOrder(tx, projectId);
    const position = input.position ?? (present.at(-1)?.position ?? -1) + 1;
    const row = { ...given, groupName: input.groupName ?? null, position };
    await sayingTaken(() => tx.insert(environment).values({ ...row, id, createdAt: now }));
    await numberInOrder(tx, projectId);
    refuse(await provingRulesRefusal(tx, projectId));
    const { workerPublicKey } = ctx;
    await storeMetricsSecret(
      tx,
      { source, before: null, secret: metricsSecret },
      { environmentId: id, projectId, workerPublicKey, now },
    );
    return {
      result: { environmentId: id },
      audit: [
        {
          object: { kind: 'environment', id, name: input.name },
          sentence: `created the environment ${input.name}`,
          after: row,
          related: [
            { kind: 'cluster', id: input.clusterId },
            { kind: 'policy', id: input.policyId },
          ],
        },
      ],
    };
  },
);

const updateSchema = createSchema
  .omit({ projectId: true, clusterId: true, namespace: true })
  .extend({ hostnames: hostnamesSchema })
  .partial()
  .extend({ environmentId: idSchema });

/** Changes an environment; its cluster and namespace stay, and its services are looked at again. */
export const updateEnvironment = command(
  {
    permission: 'environments.update',
    schema: updateSchema,
    project: (tx, input) => rowProject(tx, environment, input.environmentId),
  },
  async ({ tx, input, projectId, now, ctx }) => {
    const { environmentId, metricsSecret = null, ...changes } = input;
    if (changes.metricsSource !== undefined) await refuseForbiddenSource(tx, changes.metricsSource);
    const before = onlyRow(
      await tx.select().from(environment).where(eq(environment.id, environmentId)).for('update'),
    );
    const after = { ...before, ...Object.fromEntries(given(changes)) };
    const source = metricsSourceSchema.parse(after.metricsSource);
    refuseForeignMetrics(await clusterKind(tx, before.clusterId), source);
    if (after.policyId !== before.policyId) await policyOf(tx, { projectId, policyId: after.policyId });
    if (after.name !== before.name) await refuseTakenName(tx, projectId, after.name);
    await sayingTaken(() => tx.update(environment).set(after).where(eq(environment.id, environmentId)));
    if (after.groupName !== before.groupName || after.position !== before.position)
      await numberInOrder(tx, projectId);
    refuse(await provingRulesRefusal(tx, projectId));
    const secret = await storeMetricsSecret(
      tx,
      { source, before: metricsSourceSchema.parse(before.metricsSource), secret: metricsSecret },
      { environmentId, projectId, workerPublicKey: ctx.workerPublicKey, now },
    );
    await tx
      .update(service)
      .set({ generation: sql`${service.generation} + 1`, nextReconcileAt: now })
      .where(eq(service.environmentId, environmentId));
    const voided =
      after.policyId === before.policyId
        ? { ids: [], drafts: [] }
        : await voidPromotions(tx, { environmentIds: [environmentId], reason: otherPolicy, now });
    return {
      result: { environmentId, voidedPromotionIds: voided.ids },
      audit: [
        {
          object: { kind: 'environment', id: environmentId, name: after.name },
          sentence:
            secret === 'stored'
              ? `changed the environment ${after.name} and replaced the secret of its metrics source`
              : `changed the environment ${after.name}`,
          before,
          after,
          related: [{ kind: 'policy', id: after.policyId }],
        },
        ...voided.drafts,
      ],
    };
  },
);

const otherPolicy = refusal({
  code: 'policyChanged',
  message:
    'The environment follows another policy since this was asked for, so its signatures no longer count.',
  fix: 'Ask again: the new request is judged by the new policy.',
});

function given(changes: object): [string, unknown][] {
  return Object.entries(changes).filter(([, value]) => value !== undefined);
}

async function clusterKind(tx: Transaction, clusterId: string): Promise<'sandbox' | 'kubernetes'> {
  const rows = await tx.select({ kind: cluster.kind }).from(cluster).where(eq(cluster.id, clusterId));
  const found = rows[0];
  if (found === undefined)
    throw new DomainError({
      code: 'clusterUnknown',
      message: 'There is no such cluster.',
      params: { clusterId },
      fix: 'An admin of the instance registers clusters.',
    });
  return found.kind;
}

/** The sandbox's traffic is simulated, so neither side may borrow the other's numbers. */
function refuseForeignMetrics(kind: 'sandbox' | 'kubernetes', source: MetricsSource): void {
  if (kind === 'kubernetes' && source.kind === 'sandbox')
    throw new DomainError({
      code: 'invalidInput',
      message: 'metricsSource: simulated metrics belong to the sandbox cluster only.',
      params: { field: 'metricsSource' },
      fix: 'Give the address of a Prometheus, or none.',
    });
  if (kind === 'sandbox' && source.kind === 'prometheus')
    throw new DomainError({
      code: 'invalidInput',
      message: 'metricsSource: no Prometheus measures the sandbox cluster.',
      params: { field: 'metricsSource' },
      fix: 'Choose the sandbox as the source of metrics.',
    });
}

async function policyOf(tx: Transaction, wanted: { projectId: string; policyId: string }): Promise<void> {
  const rows = await tx
    .select({ id: policy.id })
    .from(policy)
    .where(and(eq(policy.id, wanted.policyId), eq(policy.projectId, wanted.projectId)));
  if (rows.length === 0) throw notFound();
}

async function refuseTaken(
  tx: Transaction,
  wanted: { projectId: string; name: string; clusterId: string; namespace: string },
): Promise<void> {
  await refuseTakenName(tx, wanted.projectId, wanted.name);
  const rows = await tx
    .select({ id: environment.id })
    .from(environment)
    .where(and(eq(environment.clusterId, wanted.clusterId), eq(environment.namespace, wanted.namespace)));
  if (rows.length > 0) throw namespaceTaken();
}

function namespaceTaken(): DomainError {
  return new DomainError({
    code: 'nameTaken',
    message: 'This namespace of the cluster belongs to another environment already.',
    params: { field: 'namespace' },
    fix: 'Choose another namespace: two environments in one would overwrite each other.',
  });
}

/** Two who take the same name or namespace at the same time both pass the check; the constraint then tells the second. */
async function sayingTaken(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const constraint = postgresError(error)?.constraint;
    if (constraint === 'environment_namespace') throw namespaceTaken();
    if (constraint === 'environment_name')
      throw new DomainError({ code: 'nameTaken', message: 'There is an environment of this name already.' });
    throw error;
  }
}

async function refuseTakenName(tx: Transaction, projectId: string, name: string): Promise<void> {
  const rows = await tx
    .select({ id: environment.id })
    .from(environment)
    .where(and(eq(environment.projectId, projectId), eq(environment.name, name)));
  if (rows.length > 0)
    throw new DomainError({ code: 'nameTaken', message: `There is an environment "${name}" already.` });
}
