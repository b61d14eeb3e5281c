import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { driftBinning, driftFeature } from '../db/schema/drift.ts';
import { storedBinningSchema } from '../domain/drift/binning-schema.ts';
import type { BinnedFeature, FeatureRole } from '../domain/drift/feature.ts';
import { hideRareValues } from '../domain/drift/hidden-value.ts';
import type { ColumnPlace, LearnedColumn } from '../domain/drift/learn-column.ts';
import { digestOf } from './digest.ts';
import { newId } from './id.ts';
import { valueHider } from './rows/value-key.ts';

export type Place = { readonly projectId: string; readonly serviceId: string; readonly now: Date };

/** Lets one transaction at a time change features and binnings of a service; held until its end. */
export async function lockFeatures(tx: Transaction, serviceId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`features ${serviceId}`}, 0))`);
}

export type FeatureRow = {
  readonly id: string;
  readonly name: string;
  readonly role: FeatureRole;
  readonly state: 'counted' | 'ignored' | 'refused';
  readonly why: string | null;
  readonly aliases: readonly string[];
};

/** Every feature of a service by name. */
export async function featureRows(tx: Transaction, serviceId: string): Promise<Map<string, FeatureRow>> {
  const { id, name, role, state, why, aliases } = driftFeature;
  const rows = await tx
    .select({ id, name, role, state, why, aliases })
    .from(driftFeature)
    .where(eq(driftFeature.serviceId, serviceId))
    .orderBy(driftFeature.name);
  return new Map(rows.map((row) => [row.name, row]));
}

/** A column with what it was found to hold. */
export type NamedColumn = {
  readonly name: string;
  readonly place: ColumnPlace;
  readonly found: LearnedColumn;
};

/**
 * Makes a feature of every column that has none and says of refused ones why; what a person decided stays. Returns those
 * that are counted, with rare values hidden under the key of the project.
 */
export async function storeColumns(
  tx: Transaction,
  place: Place,
  columns: readonly NamedColumn[],
): Promise<BinnedFeature[]> {
  const known = await featureRows(tx, place.serviceId);
  const hide = await valueHider(tx, place.projectId);
  const counted: BinnedFeature[] = [];
  for (const { name, found } of columns) {
    const row = known.get(name);
    const id = row?.id ?? (await insertFeature(tx, place, { name, found }));
    if ((row ?? found).state !== 'counted' || found.state === 'refused') continue;
    const binning =
      found.binning.kind === 'categorical' && found.rowsByValue !== null
        ? hideRareValues(found.binning, found.rowsByValue, hide)
        : found.binning;
    counted.push({ featureId: id, name, role: row?.role ?? found.role, binning });
  }
  return counted;
}

async function insertFeature(
  tx: Transaction,
  { projectId, serviceId, now }: Place,
  { name, found }: Pick<NamedColumn, 'name' | 'found'>,
): Promise<string> {
  const id = newId();
  const { state, role } = found;
  const why = found.state === 'refused' ? found.why : null;
  await tx.insert(driftFeature).values({ id, projectId, serviceId, name, role, state, why, createdAt: now });
  return id;
}

export type NewBinning = {
  readonly features: readonly BinnedFeature[];
  readonly state: 'active' | 'next';
  readonly by: string | null;
};

/** Adds a binning; an active one replaces none: there must be none. */
export async function insertBinning(
  tx: Transaction,
  { projectId, serviceId, now }: Place,
  { features, state, by }: NewBinning,
): Promise<{ binningId: string; number: number }> {
  const [last] = await tx
    .select({ number: sql<number>`coalesce(max(${driftBinning.number}), 0)::int` })
    .from(driftBinning)
    .where(eq(driftBinning.serviceId, serviceId));
  const [binningId, number] = [newId(), (last?.number ?? 0) + 1];
  const stored = { schema: 1, features };
  await tx.insert(driftBinning).values({
    id: binningId,
    projectId,
    serviceId,
    number,
    features: stored,
    digest: digestOf(stored),
    state,
    createdAt: now,
    createdBy: by,
  });
  return { binningId, number };
}

/** Adds features to every binning that rows count on; those that it has keep their bins. */
export async function extendBinnings(
  tx: Transaction,
  serviceId: string,
  added: readonly BinnedFeature[],
): Promise<void> {
  const rows = await tx
    .select({ id: driftBinning.id, features: driftBinning.features })
    .from(driftBinning)
    .where(and(eq(driftBinning.serviceId, serviceId), sql`${driftBinning.state} <> 'former'`));
  for (const { id, features } of rows) {
    const present = storedBinningSchema.parse(features).features;
    const has = new Set(present.map(({ featureId }) => featureId));
    const stored = {
      schema: 1,
      features: [...present, ...added.filter(({ featureId }) => !has.has(featureId))],
    };
    await tx
      .update(driftBinning)
      .set({ features: stored, digest: digestOf(stored) })
      .where(eq(driftBinning.id, id));
  }
}
