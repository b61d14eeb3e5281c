import { eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { driftReservoir } from '../../../db/schema/drift.ts';
import { modelVersion } from '../../../db/schema/models.ts';
import { service, serviceRevision } from '../../../db/schema/services.ts';
import type { BinnedFeature } from '../../../domain/drift/feature.ts';
import { type ColumnPlace, learnColumn } from '../../../domain/drift/learn-column.ts';
import { signatureColumns } from '../../../domain/drift/model-signature.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { appendAudit } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import { activeBinnings } from '../../rows/active-binning.ts';
import { beginNextBinning, type LearningRebase, rebaseThatLearns } from '../../rows/next-binning.ts';
import {
  extendBinnings,
  type FeatureRow,
  featureRows,
  insertBinning,
  lockFeatures,
  type NamedColumn,
  type Place,
  storeColumns,
} from '../../store-features.ts';

const lookEveryMs = 5_000;
/** Rows that bins are learned from at once; fewer, but no fewer than the second, when a day is over. */
const enoughRows = 1_000;
const fewestRows = 100;
/** More columns than this are no features: the first by name are taken. */
const mostFeatures = 500;

type Due = { serviceId: string; rows: number; isOld: boolean };

/**
 * Learns the bins of every service whose first rows suffice, or whose day is over, and deletes these rows; answers the
 * ids of services that have bins now. A service of too few rows in a day loses them and begins anew.
 */
export async function learnDue(db: Database, options: { readonly now?: Date } = {}): Promise<string[]> {
  const { rows } = await db.execute<Due>(sql`
    select service_id as "serviceId", count(*)::int as rows,
      min(received_at) < ${options.now?.toISOString() ?? sql`clock_timestamp()`}::timestamptz - interval '1 day' as "isOld"
    from drift_reservoir group by service_id`);
  const learned: string[] = [];
  for (const due of rows.filter((row) => row.rows >= enoughRows || row.isOld)) {
    try {
      if (await transaction(db, (tx) => learnOne(tx, due, options))) learned.push(due.serviceId);
    } catch (error) {
      log.error({ error, service: due.serviceId }, 'Bins could not be learned; it is tried again.');
    }
  }
  return learned;
}

async function learnOne(tx: Transaction, due: Due, options: { readonly now?: Date }): Promise<boolean> {
  const { serviceId } = due;
  const [found] = await tx
    .select({ projectId: service.projectId, name: service.name })
    .from(service)
    .where(eq(service.id, serviceId));
  if (found === undefined) return false;
  await lockFeatures(tx, serviceId);
  const rows = await tx
    .delete(driftReservoir)
    .where(eq(driftReservoir.serviceId, serviceId))
    .returning({ row: driftReservoir.row });
  if (rows.length < fewestRows) return false;
  const place = {
    projectId: found.projectId,
    serviceId,
    now: options.now ?? (await databaseClock(tx)),
  };
  const known = await featureRows(tx, serviceId);
  const active = await activeBinnings(tx, serviceId);
  const binned = new Set(active.flatMap(({ features }) => features.map(({ featureId }) => featureId)));
  const columns = columnsOf(rows.map(({ row }) => rowSchema.parse(row)));
  const wanted = await wantedColumns(tx, { serviceId, columns, known, isFirst: active.length === 0 });
  const rebase = await rebaseThatLearns(tx, serviceId);
  const named = wanted
    .filter((name) => rebase !== null || !binned.has(known.get(name)?.id ?? ''))
    .flatMap((name) => learnedColumn(name, columns, known.get(name)));
  const features = await storeColumns(tx, place, named);
  if (features.length === 0) return false;
  if (active.length > 0) await extendBinnings(tx, serviceId, features);
  if (rebase !== null) await addNextBinning(tx, { place, rebase, features });
  if (active.length === 0) await insertBinning(tx, place, { features, state: 'active', by: null });
  await appendAudit(tx, {
    projectId: place.projectId,
    actor: systemPrincipal,
    action: 'features.learn',
    now: place.now,
    origin: 'live',
    drafts: [
      {
        object: { kind: 'service', id: serviceId, name: found.name },
        sentence: `learned ${rebase === null ? '' : 'anew '}how ${count(features.length, 'feature')} of ${found.name} are counted from ${count(rows.length, 'row')}, which were deleted`,
        after: { features: features.map(({ name }) => name) },
      },
    ],
  });
  return true;
}

type Next = {
  readonly place: Place;
  readonly rebase: LearningRebase;
  readonly features: readonly BinnedFeature[];
};

/** Rows count on both from now on; a feature that none of the rows had keeps its bins. */
async function addNextBinning(tx: Transaction, { place, rebase, features }: Next): Promise<void> {
  const active = (await activeBinnings(tx, place.serviceId)).find(({ state }) => state === 'active');
  const learned = new Set(features.map(({ featureId }) => featureId));
  const kept = (active?.features ?? [])
    .filter(({ featureId }) => !learned.has(featureId))
    .map(({ featureId, name, role, binning }) => ({ featureId, name, role, binning }));
  const { binningId } = await insertBinning(tx, place, {
    features: [...features, ...kept],
    state: 'next',
    by: rebase.requestedBy,
  });
  await beginNextBinning(tx, { rebase, binningId, now: place.now });
}

const count = (number: number, noun: string) =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

const cellsSchema = z.record(z.string(), z.unknown()).nullish();
const rowSchema = z.object({ f: cellsSchema, p: cellsSchema });
type Column = { readonly place: ColumnPlace; readonly values: unknown[] };

/** Values by column; a row without it has no value there, which is left to the counters to tell. */
function columnsOf(rows: readonly z.output<typeof rowSchema>[]): Map<string, Column> {
  const columns = new Map<string, Column>();
  const add = (name: string, place: ColumnPlace, value: unknown) => {
    const column = columns.get(name) ?? { place, values: [] };
    columns.set(name, column);
    column.values.push(value);
  };
  for (const { f, p } of rows) {
    for (const [name, value] of Object.entries(f ?? {})) add(name, 'input', value);
    for (const [name, value] of Object.entries(p ?? {})) add(name, 'prediction', value);
  }
  return columns;
}

type Wanted = {
  readonly serviceId: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly known: ReadonlyMap<string, FeatureRow>;
  readonly isFirst: boolean;
};

/** The first time those of the model's signature, without one all that were sent; later those that a person mapped. */
async function wantedColumns(
  tx: Transaction,
  { serviceId, columns, known, isFirst }: Wanted,
): Promise<string[]> {
  const mapped = [...known.values()].filter(({ state }) => state === 'counted').map(({ name }) => name);
  if (!isFirst) return mapped;
  const named = await signatureNames(tx, serviceId);
  const proposed = named.length > 0 ? named : [...columns.keys()].toSorted();
  return [...new Set([...mapped, ...proposed])].slice(0, mostFeatures);
}

/** Of the stable revision, before there is one of the newest. */
async function signatureNames(tx: Transaction, serviceId: string): Promise<string[]> {
  const [row] = await tx
    .select({ signature: modelVersion.signature })
    .from(serviceRevision)
    .innerJoin(service, eq(service.id, serviceRevision.serviceId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(eq(serviceRevision.serviceId, serviceId))
    .orderBy(
      sql`${serviceRevision.id} = ${service.stableRevisionId} desc nulls last, ${serviceRevision.number} desc`,
    )
    .limit(1);
  return signatureColumns(row?.signature).map(({ name }) => name);
}

/** Values under other names of a feature count as its own. A column that an admin mapped is not refused again. */
function learnedColumn(
  name: string,
  columns: ReadonlyMap<string, Column>,
  row: FeatureRow | undefined,
): NamedColumn[] {
  const parts = [name, ...(row?.aliases ?? [])].flatMap((one) => columns.get(one) ?? []);
  const place = parts[0]?.place ?? 'input';
  const values = parts.flatMap((part) => part.values);
  const found = learnColumn(values, { place, mapped: row?.state === 'counted' });
  return found === null ? [] : [{ name, place, found }];
}

/** Looks every few seconds until `close`. */
export function startLearning(db: Database): { close(): Promise<void> } {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(async () => {
      await learnDue(db).catch((error: unknown) =>
        log.error({ error }, 'First rows could not be looked at.'),
      );
    });
  }, lookEveryMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
