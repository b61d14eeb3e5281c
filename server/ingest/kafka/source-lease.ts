import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { type KafkaFields, kafkaAccessSchema } from '../../../domain/kafka-source.ts';

/** On the database's clock; a worker that was killed is followed after so long. */
const leaseSeconds = 15;

/** A source as its worker reads it; another generation is other settings. */
export type Source = KafkaFields & {
  readonly id: string;
  readonly projectId: string;
  readonly serviceId: string;
  readonly generation: number;
  readonly sealedSecret: string | null;
};

type Row = {
  id: string;
  project_id: string;
  service_id: string;
  generation: number;
  sealed_secret: string | null;
  brokers: string[];
  topic: string;
  format: KafkaFields['format'];
  start_at: KafkaFields['startAt'];
  access: unknown;
};

/** Takes every source that nobody reads, as long as it is renewed; those that this worker reads are not taken twice. */
export async function takeSources(db: Database, holder: string, mine: readonly string[]): Promise<Source[]> {
  const { rows } = await db.execute<Row>(sql`
    update kafka_source set holder = ${holder}, lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where removed_at is null and (holder is null or lease_until < clock_timestamp())
      and id <> all(${sql.param([...mine])}::uuid[])
    returning id, project_id, service_id, generation, sealed_secret, brokers, topic, format, start_at, access`);
  return rows.map((row) => ({
    id: row.id,
    projectId: row.project_id,
    serviceId: row.service_id,
    generation: row.generation,
    sealedSecret: row.sealed_secret,
    brokers: row.brokers,
    topic: row.topic,
    format: row.format,
    startAt: row.start_at,
    access: kafkaAccessSchema.parse(row.access),
  }));
}

/** False when the source was removed or changed, or another worker took it meanwhile. */
export async function renewSource(
  db: Database,
  { id, generation }: Pick<Source, 'id' | 'generation'>,
  holder: string,
): Promise<boolean> {
  const { rows } = await db.execute(sql`
    update kafka_source set lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where id = ${id} and removed_at is null and generation = ${generation} and holder = ${holder}
    returning 1`);
  return rows.length > 0;
}

/** Lets another worker read it at once. */
export async function releaseSource(db: Database, sourceId: string, holder: string): Promise<void> {
  await db.execute(sql`
    update kafka_source set holder = null, lease_until = null where id = ${sourceId} and holder = ${holder}`);
}

/** Says how reading goes; `why` is null while it goes well. */
export async function tellSource(
  db: Database,
  { id, generation }: Pick<Source, 'id' | 'generation'>,
  { holder, why }: { readonly holder: string; readonly why: string | null },
): Promise<void> {
  const state = why === null ? 'reading' : 'blocked';
  await db.execute(sql`
    update kafka_source set state_at = case when state = ${state} then state_at else clock_timestamp() end,
      state = ${state}, why = ${why}
    where id = ${id} and generation = ${generation} and holder = ${holder}
      and (state, why) is distinct from (${state}, ${why}::text)`);
}
