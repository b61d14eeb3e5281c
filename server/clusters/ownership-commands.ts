import { and, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { cluster, environment, namespaceClaim } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { instantText } from '../../domain/clock-skew.ts';
import { dnsLabelSchema, idSchema } from '../../domain/name.ts';
import { isStaleClaim } from '../../domain/namespace-claim.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { instanceId } from '../instance-id.ts';
import { lockedCluster } from './cluster-row.ts';

/** Says that the cluster under the known address was replaced on purpose: services are written to the new one. */
export const confirmReplacement = command(
  {
    permission: 'clusters.confirmReplacement',
    schema: z.object({ clusterId: idSchema, uid: z.string().min(1).max(100) }),
    project: 'instance',
  },
  async ({ tx, input, now }) => {
    const found = await lockedCluster(tx, input.clusterId);
    if (found.replacedByUid === null)
      throw new DomainError({ code: 'wrongState', message: `${found.name} was not replaced.` });
    if (found.replacedByUid !== input.uid)
      throw new DomainError({
        code: 'conflict',
        message: `${found.name} was replaced by yet another cluster since the page was read.`,
        fix: 'Look at the page again.',
      });
    await tx.update(cluster).set({ uid: input.uid, replacedByUid: null }).where(eq(cluster.id, found.id));
    await wakeServices(tx, { clusterId: found.id, now });
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: found.id, name: found.name },
          sentence: `confirmed that ${found.name} is another cluster now`,
          before: { uid: found.uid },
          after: { uid: input.uid },
        },
      ],
    };
  },
);

const namespaceSchema = z.object({ clusterId: idSchema, namespace: dnsLabelSchema });

/** Takes a namespace back, or over from a Fairlead that is silent; never from one that lives. */
export const takeNamespace = command(
  { permission: 'clusters.takeNamespace', schema: namespaceSchema, project: 'instance' },
  async ({ tx, input, now }) => {
    const { found, claim } = await claimRow(tx, input);
    const mine = await instanceId(tx);
    const holder = claim.holder === mine ? null : claim.holder;
    if (claim.wanted && holder === null)
      throw new DomainError({ code: 'wrongState', message: `${input.namespace} is not claimed by another.` });
    if (holder !== null && !isStaleClaim({ holder, renewedAt: claim.renewedAt }, now))
      throw new DomainError({
        code: 'namespaceClaimed',
        message: `The other Fairlead lives: it renewed its claim of ${input.namespace} at ${claim.renewedAt === null ? '' : instantText(claim.renewedAt)}.`,
        fix: 'Stop it, or release the namespace there.',
      });
    await tx.update(namespaceClaim).set({ wanted: true, takeFrom: holder }).where(claimIs(input));
    await wakeServices(tx, { ...input, now });
    const from = holder === null ? '' : ` from the silent Fairlead ${holder}`;
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: found.id, name: found.name },
          sentence: `took the namespace ${input.namespace} of ${found.name}${from}`,
          before: { holder: claim.holder, wanted: claim.wanted },
          after: { holder: mine, wanted: true },
        },
      ],
    };
  },
);

/** Gives a namespace up, so that another Fairlead may claim it; nothing is written there any more. */
export const releaseNamespace = command(
  { permission: 'clusters.releaseNamespace', schema: namespaceSchema, project: 'instance' },
  async ({ tx, input, now }) => {
    const { found, claim } = await claimRow(tx, input);
    if (!claim.wanted)
      throw new DomainError({ code: 'wrongState', message: `${input.namespace} was given up already.` });
    await tx.update(namespaceClaim).set({ wanted: false, takeFrom: null }).where(claimIs(input));
    await wakeServices(tx, { ...input, now });
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: found.id, name: found.name },
          sentence: `gave the namespace ${input.namespace} of ${found.name} up`,
          before: { wanted: true },
          after: { wanted: false },
        },
      ],
    };
  },
);

type Place = { readonly clusterId: string; readonly namespace: string };

function claimIs({ clusterId, namespace }: Place) {
  return and(eq(namespaceClaim.clusterId, clusterId), eq(namespaceClaim.namespace, namespace));
}

async function claimRow(tx: Transaction, place: Place) {
  const found = await lockedCluster(tx, place.clusterId);
  const rows = await tx.select().from(namespaceClaim).where(claimIs(place)).for('update');
  const claim = rows[0];
  if (claim === undefined)
    throw new DomainError({
      code: 'notFound',
      message: `Fairlead has never managed anything in ${place.namespace} of ${found.name}.`,
    });
  return { found, claim };
}

/** Services that waited are looked at at once. */
async function wakeServices(
  tx: Transaction,
  { clusterId, namespace, now }: { clusterId: string; namespace?: string; now: Date },
): Promise<void> {
  const places = tx
    .select({ id: environment.id })
    .from(environment)
    .where(
      and(
        eq(environment.clusterId, clusterId),
        namespace === undefined ? undefined : eq(environment.namespace, namespace),
      ),
    );
  await tx.update(service).set({ nextReconcileAt: now }).where(inArray(service.environmentId, places));
}
