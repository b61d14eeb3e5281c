import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { type HistogramSource, histogramSourceSchema } from '../../../domain/prometheus-source.ts';

/** A source as a worker takes it. */
export type Source = {
  readonly id: string;
  readonly projectId: string;
  readonly serviceId: string;
  readonly fields: HistogramSource;
  readonly createdAt: Date;
  readonly through: Date;
  /** Null before the first look. */
  readonly looks: unknown;
};

/** For so long nobody else takes what a worker took; whoever is slower finds that the source went on without it. */
const takenSeconds = 60;
const mostTogether = 20;

type Row = {
  id: string;
  project_id: string;
  service_id: string;
  fields: unknown;
  created_at: string;
  through: string;
  looks: unknown;
};

/** Sources that are due and that no other worker has taken. */
export async function takeDueSources(db: Database): Promise<Source[]> {
  const { rows } = await db.execute<Row>(sql`
    update prometheus_source set due_at = clock_timestamp() + ${takenSeconds} * interval '1 second'
    where id in (select id from prometheus_source where removed_at is null and due_at <= clock_timestamp()
      order by due_at limit ${mostTogether} for update skip locked)
    returning id, project_id, service_id, fields, looks,
      to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
      to_char(through at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as through`);
  return rows.map((row) => ({
    id: row.id,
    projectId: row.project_id,
    serviceId: row.service_id,
    fields: histogramSourceSchema.parse(row.fields),
    createdAt: new Date(row.created_at),
    through: new Date(row.through),
    looks: row.looks,
  }));
}

/** How reading goes; `why` is a sentence where it does not. */
export type Standing = { readonly state: 'reading' | 'waiting' | 'blocked'; readonly why: string | null };

/** Says how it goes, and when it is due next; what was counted stays as it is. */
export async function tellSource(
  db: Database,
  { id }: Pick<Source, 'id'>,
  { state, why, dueAt }: Standing & { readonly dueAt: Date },
): Promise<void> {
  await db.execute(sql`
    update prometheus_source set due_at = ${dueAt.toISOString()}::timestamptz, state = ${state}, why = ${why},
      state_at = case when state = ${state} then state_at else clock_timestamp() end
    where id = ${id} and removed_at is null`);
}
