import { and, eq, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { DomainError } from '../../domain/refusal.ts';

/** Says the same whether the row is missing or somebody else's, so that ids cannot be guessed. */
export function notFound(): DomainError {
  return new DomainError({
    code: 'notFound',
    message: 'There is no such thing, or it is not yours to see.',
  });
}

/** Project of the row with this id, null when it belongs to the instance; throws notFound. The table needs the columns `id` and `project_id`. */
export async function rowOwner(queries: Queries, table: PgTable, id: string): Promise<string | null> {
  const { rows } = await queries.execute<{ project_id: string | null }>(
    sql`select project_id from ${table} where id = ${id}`,
  );
  return onlyRow(rows).project_id;
}

/** The same of what project roles reach; throws notFound for a row of the instance too. */
export async function rowProject(queries: Queries, table: PgTable, id: string): Promise<string> {
  const projectId = await rowOwner(queries, table, id);
  if (projectId === null) throw notFound();
  return projectId;
}

/** The only row of an answer; throws notFound when there is none. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const found = rows[0];
  if (found === undefined) throw notFound();
  return found;
}

/** Throws notFound unless the environment is one of the project's. */
export async function demandEnvironment(
  queries: Queries,
  { projectId, environmentId }: { projectId: string; environmentId: string },
): Promise<void> {
  onlyRow(
    await queries
      .select({ id: environment.id })
      .from(environment)
      .where(and(eq(environment.id, environmentId), eq(environment.projectId, projectId))),
  );
}
