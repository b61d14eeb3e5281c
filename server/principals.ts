import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { type InstanceRole, instanceRoles, type Role, roles } from '../domain/permission.ts';
import type { Principal } from '../domain/principal.ts';
import { secretHash } from './secret.ts';

type Row = {
  id: string;
  kind: 'user' | 'token';
  owner_user_id: string;
  name: string;
  instance_roles: string[];
  memberships: { project_id: string; roles: string[] }[];
};

const sessionStatement = {
  name: 'session-principal',
  text: `
    select p.id, p.kind, p.id as owner_user_id, p.name, a.held_instance_roles as instance_roles,
           coalesce((select json_agg(json_build_object('project_id', m.project_id, 'roles', m.held_roles)) from membership m where m.user_id = p.id), '[]') as memberships
    from session s join account a on a.user_id = s.user_id join principal p on p.id = s.user_id
    where s.id_hash = $1 and s.expires_at > clock_timestamp() and s.last_seen_at > clock_timestamp() - interval '12 hours'
      and a.disabled_at is null`,
};

const tokenStatement = {
  name: 'token-principal',
  text: `
    select p.id, p.kind, p.owner_user_id, p.name, '{}'::text[] as instance_roles,
           json_build_array(json_build_object('project_id', t.project_id, 'roles',
             case when 'admin' = any(m.held_roles) then t.roles
                  else array(select unnest(t.roles) intersect select unnest(m.held_roles)) end)) as memberships
    from api_token t join principal p on p.id = t.principal_id
      join account a on a.user_id = p.owner_user_id
      join membership m on m.user_id = p.owner_user_id and m.project_id = t.project_id
    where t.secret_hash = $1 and t.service_id is null and t.revoked_at is null and a.disabled_at is null
      and (t.expires_at is null or t.expires_at > clock_timestamp())`,
};

/** Reads a session's person with roles in one round trip, so that a role taken away is gone at the next call; null when it ended. */
export async function sessionPrincipal(db: Database, idHash: string): Promise<Principal | null> {
  return await readPrincipal(db, sessionStatement, idHash);
}

/**
 * Reads an API token's principal; its roles are those it was given that its owner still holds (an admin of the project may
 * do what every role that a token can have may do). Null when it was revoked, has expired or its owner is disabled.
 */
export async function tokenPrincipal(db: Database, token: string): Promise<Principal | null> {
  return await readPrincipal(db, tokenStatement, secretHash(token));
}

/** Every request starts here, so the statement is prepared once per connection and goes past the query builder. */
async function readPrincipal(
  db: Database,
  statement: { readonly name: string; readonly text: string },
  hash: string,
): Promise<Principal | null> {
  const { rows } = await db.$client.query<Row>({ ...statement, values: [hash] });
  return principalOf(rows[0]);
}

/** Notes at most once a minute that a session is in use. */
export async function touchSession(db: Database, idHash: string): Promise<void> {
  await db.execute(sql`
    update session set last_seen_at = clock_timestamp()
    where id_hash = ${idHash} and last_seen_at < clock_timestamp() - interval '1 minute'`);
}

function principalOf(row: Row | undefined): Principal | null {
  if (row === undefined) return null;
  return {
    id: row.id,
    kind: row.kind,
    ownerUserId: row.owner_user_id,
    name: row.name,
    instanceRoles: row.instance_roles.filter(isInstanceRole),
    memberships: new Map(
      row.memberships.map((entry) => [entry.project_id, new Set(entry.roles.filter(isRole))]),
    ),
  };
}

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

function isInstanceRole(text: string): text is InstanceRole {
  return (instanceRoles as readonly string[]).includes(text);
}
