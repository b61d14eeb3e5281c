import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { authorize } from '../context.ts';
import { notFound } from '../rows/row-project.ts';
import type { Caller } from './caller.ts';

type Named = { readonly service?: string | undefined; readonly environment?: string | undefined };
type Found = { readonly id: string; readonly project_id: string };

/** Id of the service whose rows the caller sends, if it may: a token of a service is asked nothing. */
export async function namedService(db: Database, caller: Caller, named: Named): Promise<string> {
  if (caller.kind === 'service') return await ownService(db, caller.serviceId, named);
  const { principal } = caller;
  if (named.service === undefined)
    throw new DomainError({
      code: 'invalidInput',
      message: 'The batch does not say which service its rows are of.',
      fix: 'Send "service" (its id, or its name with "environment"), or use a token of the service.',
    });
  const found = await findServices(db, [...principal.memberships.keys()], named);
  const [first, second] = found;
  if (first === undefined) throw notFound();
  authorize(principal, 'ingest.send', first.project_id);
  if (second !== undefined)
    throw new DomainError({
      code: 'invalidInput',
      message: `There are several services ${named.service}.`,
      fix: 'Send "environment" too, or the id of the service.',
    });
  return first.id;
}

async function ownService(db: Database, serviceId: string, named: Named): Promise<string> {
  if (named.service === undefined || named.service === serviceId) return serviceId;
  const { rows } = await db.execute<{ name: string }>(sql`select name from service where id = ${serviceId}`);
  if (rows[0]?.name === named.service) return serviceId;
  throw new DomainError({
    code: 'forbidden',
    message: `This token sends rows of ${rows[0]?.name ?? 'another service'} only.`,
    fix: 'Leave "service" out, or use a token of that service.',
  });
}

async function findServices(
  db: Database,
  projectIds: readonly string[],
  { service, environment }: Named,
): Promise<Found[]> {
  const isId = idSchema.safeParse(service).success;
  const { rows } = await db.execute<Found>(sql`
    select s.id, s.project_id from service s join environment e on e.id = s.environment_id
    where s.project_id = any(${sql.param([...projectIds])}::uuid[])
      and ${isId ? sql`s.id = ${service}` : sql`s.name = ${service}`}
      ${environment === undefined ? sql`` : sql`and e.name = ${environment}`}
    limit 2`);
  return rows;
}
