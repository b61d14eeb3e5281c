import type pg from 'pg';
import { connectOnce, postgresError } from '../../db/client.ts';

export interface AuditRoleOptions {
  readonly url: string;
  /** The role that gets the rights; made without a login when it does not exist. */
  readonly role: string;
  /** An existing login that becomes a member of it. */
  readonly grantTo?: string;
}

/** What the role may do with the tables of the audit; with every other table it may do everything but change its shape. */
const auditRights: Readonly<Record<string, string>> = {
  audit_entry: 'SELECT, INSERT',
  audit_detail: 'SELECT, INSERT',
  // The head of a chain moves on with each entry.
  audit_chain: 'SELECT, INSERT, UPDATE',
};

/**
 * Gives a role all that Fairlead needs at run time and not the right to rewrite history; may be repeated, and must be
 * after a migration that adds tables (no default rights: a new audit table would start open).
 */
export async function grantAuditRole({ url, role, grantTo }: AuditRoleOptions): Promise<void> {
  const client = await connectOnce(url, { applicationName: 'fairlead-roles' });
  try {
    await createRole(client, role);
    await client.query('BEGIN');
    // Two runs at once would fail on each other's rows of the catalogue.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('fairlead roles'))`);
    await grantTables(client, client.escapeIdentifier(role));
    if (grantTo !== undefined) {
      await client.query(`GRANT ${client.escapeIdentifier(role)} TO ${client.escapeIdentifier(grantTo)}`);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole server, so another database's run may create it at the same moment. */
async function createRole(client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount !== 0) {
    return;
  }
  try {
    await client.query(`CREATE ROLE ${client.escapeIdentifier(role)} NOLOGIN`);
  } catch (error) {
    // 42710: it exists; 23505: it came into being between the check and the insert.
    if (!['42710', '23505'].includes(postgresError(error)?.code ?? '')) {
      throw error;
    }
  }
}

async function grantTables(client: pg.Client, role: string): Promise<void> {
  const schemas = await client.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_namespace
     WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1`,
  );
  for (const { schema } of schemas.rows) {
    const name = client.escapeIdentifier(schema);
    const rights = schema === 'drizzle' ? 'SELECT' : 'SELECT, INSERT, UPDATE, DELETE';
    await client.query(`GRANT USAGE ON SCHEMA ${name} TO ${role}`);
    await client.query(`GRANT ${rights} ON ALL TABLES IN SCHEMA ${name} TO ${role}`);
    await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${name} TO ${role}`);
  }
  for (const [table, rights] of Object.entries(auditRights)) {
    await client.query(`REVOKE ALL ON TABLE public.${table} FROM ${role}, PUBLIC`);
    await client.query(`GRANT ${rights} ON TABLE public.${table} TO ${role}`);
  }
}
