import type { Queries } from '../db/client.ts';
import { instance } from '../db/schema/environments.ts';
import { newId } from './id.ts';

/** Random id of this Fairlead, made once per database: what its claims in clusters are signed with. */
export async function instanceId(queries: Queries): Promise<string> {
  await queries.insert(instance).values({ id: newId() }).onConflictDoNothing();
  const rows = await queries.select({ id: instance.id }).from(instance);
  const found = rows[0];
  if (found === undefined) throw new Error('The instance has no id.');
  return found.id;
}
