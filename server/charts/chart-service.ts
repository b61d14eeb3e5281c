import { sql } from 'drizzle-orm';
import { serviceRevision } from '../../db/schema/services.ts';
import type { SubjectKey } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { clockOffsetMs } from '../clock.ts';
import { notFound } from '../rows/row-project.ts';
import { loadService, type ServiceRecord } from '../rows/service-record.ts';
import type { ChartAsk } from './chart-part.ts';

/** A service of the project, and how far its clock is ahead of the one that charts are drawn by. */
export type ChartService = ServiceRecord & { readonly offsetMs: number };

/** Throws notFound for a service of another project. */
export async function chartService(
  { db, projectId }: Pick<ChartAsk, 'db' | 'projectId'>,
  serviceId: string,
): Promise<ChartService> {
  const record = await loadService(db, serviceId);
  if (record.row.projectId !== projectId) throw notFound();
  return { ...record, offsetMs: await clockOffsetMs(db, record.environment.clusterId) };
}

/** The range by the clock of the service. */
export const rangeOfService = ({ from, to }: ChartRange, { offsetMs }: ChartService) => ({
  from: new Date(from + offsetMs),
  to: new Date(to + offsetMs),
});

/** Points on the clock of the console instead of the service's own. */
export function onBoard<Point extends readonly [number, ...unknown[]]>(
  points: readonly Point[],
  offsetMs: number,
): Point[] {
  return offsetMs === 0
    ? [...points]
    : points.map(([at, ...values]) => [at - offsetMs, ...values] as unknown as Point);
}

export type ServedVersion = {
  readonly revisionId: string;
  readonly subject: SubjectKey;
  readonly name: string;
};

/** What revisions run, by number; what a take over found has no revision and is missing. */
export async function versionsByNumber(
  { db }: Pick<ChartAsk, 'db'>,
  { row }: ChartService,
  numbers: readonly number[],
): Promise<Map<number, ServedVersion>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await db.execute<{
    number: number;
    revisionId: string;
    versionId: string;
    name: string;
  }>(sql`
    select r.number, r.id as "revisionId", v.id as "versionId", m.name || ' v' || v.number as name
    from ${serviceRevision} r join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
    where r.service_id = ${row.id} and r.number = any(${sql.param([...numbers])}::int[])`);
  return new Map(
    rows.map(({ number, revisionId, versionId, name }) => [
      number,
      { revisionId, subject: `modelVersion ${versionId}`, name },
    ]),
  );
}

/** The name of a service under its key; services of two environments may have the same. */
export const serviceNames = ({ row, environment }: ChartService): Partial<Record<SubjectKey, string>> => ({
  [`service ${row.id}`]: `${row.name} in ${environment.name}`,
});
