import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { tellParent } from './measured-child.ts';

/** The reference: node:http with the same two statements as tRPC's projects.list, prepared, and nothing around them. */
const pool = new pg.Pool({ connectionString: process.env['BENCH_DATABASE_URL'], max: 10 });

const sessionSql = `
  select p.id, p.kind, p.id as owner_user_id, p.name, a.instance_roles,
         coalesce((select json_agg(json_build_object('project_id', m.project_id, 'roles', m.roles)) from membership m where m.user_id = p.id), '[]') as memberships
  from session s join account a on a.user_id = s.user_id join principal p on p.id = s.user_id
  where s.id_hash = $1 and s.expires_at > clock_timestamp() and s.last_seen_at > clock_timestamp() - interval '12 hours'
    and a.disabled_at is null`;
const projectsSql = 'select id, name, slug, created_at from project where id = any($1) order by name';

const server = createServer((req, res) => {
  const secret = /fairlead=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
  const idHash = `sha256:${createHash('sha256').update(secret).digest('hex')}`;
  answer(idHash).then(
    (body) => res.writeHead(200, { 'content-type': 'application/json' }).end(body),
    (error: unknown) => res.writeHead(500).end(String(error)),
  );
});

async function answer(idHash: string): Promise<string> {
  const session = await pool.query<{ memberships: { project_id: string }[] }>({
    name: 'session',
    text: sessionSql,
    values: [idHash],
  });
  const ids = session.rows[0]?.memberships.map((membership) => membership.project_id) ?? [];
  const projects = await pool.query({ name: 'projects', text: projectsSql, values: [ids] });
  return JSON.stringify(projects.rows);
}

server.listen(0, '127.0.0.1', () => tellParent((server.address() as AddressInfo).port));
