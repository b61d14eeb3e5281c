import { sql } from 'drizzle-orm';
import type { Database, Queries } from '../../db/client.ts';
import { type CountingPlan, countingPlan } from '../../domain/drift/count-rows.ts';
import { valueCloak } from '../../domain/drift/hidden-value.ts';
import { type PayloadNames } from '../../domain/drift/inference-payload.ts';
import { signatureColumns } from '../../domain/drift/model-signature.ts';
import { labelWaitMs, monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import { activeBinnings, type CountingBinning, wantsReservoir } from '../rows/active-binning.ts';
import { notFound } from '../rows/row-project.ts';
import { keyedHash, valueHider } from '../rows/value-key.ts';

export type Revision = {
  readonly id: string;
  readonly number: number;
  readonly modelVersionId: string;
  /** Of the model's signature, for payloads whose values have none. */
  readonly names: PayloadNames;
};

/** All that counting the rows of one service needs. */
export type ServiceCatalogue = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly clusterId: string;
  readonly namespace: string;
  readonly serviceName: string;
  readonly revisions: readonly Revision[];
  readonly binnings: readonly CountingBinning[];
  readonly digests: ReadonlyMap<string, string>;
  readonly plan: CountingPlan;
  readonly wantsReservoir: boolean;
  /** How labels find their prediction by id; null where they repeat it. */
  readonly byId: LabelsById | null;
};

type LabelsById = {
  readonly mostIds: number;
  readonly waitMs: number;
  /** What an id of this service is kept as, a UUID. */
  readonly keyOf: (id: string) => string;
};

/** A service and the moment of a call, on the database's clock. */
export type Counting = { readonly catalogue: ServiceCatalogue; readonly nowMs: number };

type Stamped = { readonly stamp: string; readonly catalogue: ServiceCatalogue };
type Stamp = {
  project_id: string;
  cluster_id: string;
  namespace: string;
  name: string;
  stamp: string;
  now: string;
};

/** Services of which this process keeps what it compiled. */
const mostKept = 500;

const stampStatement = {
  name: 'ingest-stamp',
  text: `
    select extract(epoch from clock_timestamp()) * 1000 as now, s.project_id, e.cluster_id, e.namespace, s.name,
      (select coalesce(sum(hashtext(f.id::text || f.xmin::text)::bigint), 0) from drift_feature f where f.service_id = s.id)
      || ' ' || (select coalesce(string_agg(b.id::text || b.state || b.digest, ' ' order by b.id), '') from drift_binning b
        where b.service_id = s.id and b.state <> 'former')
      || ' ' || (select count(*) from service_revision r where r.service_id = s.id)
      || ' ' || (select count(*) from drift_rebase d
        where d.service_id = s.id and d.state = 'approved' and d.new_bins_days is not null and d.next_binning_id is null)
      || ' ' || coalesce((select concat(m.settings ->> 'segmentColumn', m.settings ->> 'labels') from drift_monitor m where m.service_id = s.id), '') as stamp
    from service s join environment e on e.id = s.environment_id
    where s.id = $1`,
};

/** Keeps what services are counted by, and asks with each batch whether it is still so: a change counts from the next batch. */
export class ServiceCatalogues {
  readonly #db: Database;
  readonly #kept = new Map<string, Stamped>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Throws notFound for no service. */
  async of(serviceId: string): Promise<Counting> {
    const { rows } = await this.#db.$client.query<Stamp>({ ...stampStatement, values: [serviceId] });
    const row = rows[0];
    if (row === undefined) throw notFound();
    const kept = this.#kept.get(serviceId);
    const nowMs = Math.floor(Number(row.now));
    if (kept?.stamp === row.stamp) return { catalogue: kept.catalogue, nowMs };
    const catalogue = await loadCatalogue(this.#db, serviceId, row);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(serviceId, { stamp: row.stamp, catalogue });
    return { catalogue, nowMs };
  }
}

async function loadCatalogue(db: Queries, serviceId: string, row: Stamp): Promise<ServiceCatalogue> {
  const binnings = await activeBinnings(db, serviceId);
  const hide = await valueHider(db, row.project_id);
  const { rows: names } = await db.execute<{ name: string }>(sql`
    select unnest(array[name] || aliases) as name from drift_feature
    where service_id = ${serviceId} and state <> 'counted'`);
  const { rows: revisions } = await db.execute<{
    id: string;
    number: number;
    version: string;
    signature: unknown;
  }>(sql`
    select r.id, r.number, v.id as version, v.signature
    from service_revision r join model_version v on v.id = r.model_version_id
    where r.service_id = ${serviceId} order by r.number desc`);
  const { rows: monitors } = await db.execute<{ settings: unknown }>(
    sql`select settings from drift_monitor where service_id = ${serviceId}`,
  );
  const settings = monitors[0] === undefined ? null : monitorSettingsSchema.parse(monitors[0].settings);
  const byId = settings?.labels.byId ?? null;
  const hash = await keyedHash(db, row.project_id);
  const { rows: digests } = await db.execute<{ id: string; digest: string }>(sql`
    select id, digest from drift_binning where service_id = ${serviceId} and state <> 'former'`);
  return {
    projectId: row.project_id,
    serviceId,
    clusterId: row.cluster_id,
    namespace: row.namespace,
    serviceName: row.name,
    revisions: revisions.map(({ id, number, version, signature }) => ({
      id,
      number,
      modelVersionId: version,
      names: namesOf(signature),
    })),
    binnings,
    digests: new Map(digests.map(({ id, digest }) => [digest, id])),
    plan: countingPlan(binnings, {
      passed: names.map(({ name }) => name),
      cloakOf: ({ binning }) => (binning.kind === 'categorical' ? valueCloak(binning, hide) : null),
      segmentColumn: settings?.segmentColumn ?? null,
      byId: byId !== null,
    }),
    wantsReservoir: await wantsReservoir(db, serviceId),
    byId:
      settings === null || byId === null
        ? null
        : {
            mostIds: byId.mostIds,
            waitMs: labelWaitMs(settings.labels),
            keyOf: (id) => uuidOf(hash(`prediction ${serviceId} ${id}`)),
          },
  };
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function namesOf(signature: unknown): PayloadNames {
  const columns = signatureColumns(signature);
  const of = (place: 'input' | 'prediction') =>
    columns.filter((column) => column.place === place).map(({ name }) => name);
  return { inputs: of('input'), outputs: of('prediction') };
}
