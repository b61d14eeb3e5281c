import type { Database } from '../../db/client.ts';

const columns = [
  'name',
  'note',
  'text',
  'comment',
  'reason',
  'namespace',
  'email',
  'run_id',
  'source_uri',
  'serving_image',
  'framework',
  'query',
  'source_note',
];

/**
 * What the people of a project are called, named and wrote, and the digests of what they made: none of it is meant for
 * strangers. Names of boards are titles that strangers are shown; short words are in any text.
 */
export async function peoplesTexts(db: Database, projectId: string): Promise<string[]> {
  const { rows } = await db.$client.query<{ table: string; column: string }>(
    `select t.table_name as table, t.column_name as column
     from information_schema.columns t join information_schema.columns p
       on p.table_schema = t.table_schema and p.table_name = t.table_name and p.column_name = 'project_id'
     where t.table_schema = 'public' and t.data_type = 'text'
       and (t.column_name = any($1) or t.column_name like '%digest') and t.table_name not like 'ledger%' and t.table_name <> 'board'`,
    [columns],
  );
  const selects = rows.map(
    ({ table, column }) => `select "${column}" as text from "${table}" where project_id = $1`,
  );
  const people = `select unnest(array[p.name, a.email]) from membership m
    join principal p on p.id = m.user_id join account a on a.user_id = m.user_id where m.project_id = $1`;
  const found = await db.$client.query<{ text: string }>(
    `select distinct text from (${[...selects, people].join(' union all ')}) found(text)
     where text is not null and length(text) >= 5`,
    [projectId],
  );
  return found.rows.map(({ text }) => text);
}
