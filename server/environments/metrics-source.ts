import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { metricsCredential } from '../../db/schema/environments.ts';
import type { MetricsSecret, MetricsSource } from '../../domain/environment.ts';
import { DomainError } from '../../domain/refusal.ts';
import { sealMetricsSecret } from '../metrics/metrics-secret.ts';
import { refuseForbiddenAddress } from '../rows/forbidden-address.ts';

export async function refuseForbiddenSource(tx: Transaction, source: MetricsSource): Promise<void> {
  if (source.kind === 'prometheus') await refuseForbiddenAddress(tx, { url: source.url }, 'metricsSource');
}

type Place = {
  readonly environmentId: string;
  readonly projectId: string;
  readonly workerPublicKey: string;
  readonly now: Date;
};

/** Stores, keeps or drops the secret so that it fits the source; a source at a new address never gets the old secret. */
export async function storeMetricsSecret(
  tx: Transaction,
  {
    source,
    before,
    secret,
  }: { source: MetricsSource; before: MetricsSource | null; secret: MetricsSecret | null },
  place: Place,
): Promise<'stored' | 'kept' | 'none'> {
  const own = and(
    eq(metricsCredential.environmentId, place.environmentId),
    eq(metricsCredential.projectId, place.projectId),
  );
  const auth = source.kind === 'prometheus' ? source.auth : 'none';
  if (source.kind !== 'prometheus' || auth === 'none') {
    if (secret !== null) throw secretRefused('There is a secret, but the source is asked without one.');
    await tx.delete(metricsCredential).where(own);
    return 'none';
  }
  if (secret === null) {
    const rows = await tx.select({ id: metricsCredential.environmentId }).from(metricsCredential).where(own);
    if (rows.length === 0 || !isSamePlace(source, before))
      throw secretRefused(
        'The secret of the metrics source is missing: it is typed in again for a new address.',
      );
    return 'kept';
  }
  if (secret.kind !== auth)
    throw secretRefused('The secret is of another kind than the source is asked with.');
  const { environmentId, projectId, now: replacedAt } = place;
  const sealed = sealMetricsSecret(place.workerPublicKey, secret, {
    ownerId: environmentId,
    url: source.url,
  });
  await tx
    .insert(metricsCredential)
    .values({ environmentId, projectId, sealed, replacedAt })
    .onConflictDoUpdate({ target: metricsCredential.environmentId, set: { sealed, replacedAt } });
  return 'stored';
}

function isSamePlace(
  source: Extract<MetricsSource, { kind: 'prometheus' }>,
  before: MetricsSource | null,
): boolean {
  return (
    before?.kind === 'prometheus' &&
    before.auth === source.auth &&
    new URL(before.url).origin === new URL(source.url).origin
  );
}

function secretRefused(message: string): DomainError {
  return new DomainError({
    code: 'invalidInput',
    message: `metricsSecret: ${message}`,
    params: { field: 'metricsSecret' },
  });
}
