import { type Column, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Queries } from './client.ts';

type Statement<Rows> = { execute(values: Record<string, unknown>): Promise<Rows> };
/** The connection itself names what comes again. */
const unnamed = '';

type Builder<Rows> = { prepare(name: string): Statement<Rows> };

/** Stands for what is given at each run. */
export type ValueOf<Values> = (name: keyof Values & string) => Placeholder;

/** Columns whose values are given at each run, by their own names. */
export function given<Key extends string>(
  value: (name: Key) => Placeholder,
  keys: readonly Key[],
): Record<Key, Placeholder> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Placeholder>;
}

/** What a column is set to, written as the column writes it. */
export function asColumn(value: Placeholder, column: Column): SQL {
  return sql`${sql.param(value, column)}`;
}

/** Both a database and a transaction carry what they run on. */
function connectionOf(queries: Queries): object {
  return (queries as Queries & { readonly $client: object }).$client;
}

/**
 * A statement that is built once for a connection and not each time: for a wide select that takes longer than PostgreSQL
 * takes to answer. What stands for a value of jsonb or of a time is never null, which drizzle would write as a value.
 */
export function prepared<Values extends Readonly<Record<string, unknown>>, Rows>(
  build: (queries: Queries, value: ValueOf<Values>) => Builder<Rows>,
): (queries: Queries, values: Values) => Promise<Rows> {
  const built = new WeakMap<object, Statement<Rows>>();
  return async (queries, values) => {
    const connection = connectionOf(queries);
    const statement =
      built.get(connection) ?? build(queries, (name) => sql.placeholder(name)).prepare(unnamed);
    built.set(connection, statement);
    return await statement.execute(values);
  };
}
