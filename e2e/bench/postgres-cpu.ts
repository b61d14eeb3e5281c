import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';

/** Of Linux, on every machine that Node runs on. */
const ticksPerSecond = 100;

type Stat = { readonly parent: number; readonly own: number; readonly reaped: number };

function statOf(pid: number): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Names may hold spaces; what follows the last bracket is the state, the parent and numbers.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index]);
    return { parent: at(1), own: at(11) + at(12), reaped: at(13) + at(14) };
  } catch {
    return null;
  }
}

/** The server that the database runs on, when it runs on this machine. */
export async function postmasterOf(db: Database): Promise<number> {
  const { rows } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const postmaster = statOf(rows[0]?.pid ?? 0)?.parent;
  if (postmaster === undefined) throw new Error('The CPU of PostgreSQL can be read on its own machine only.');
  return postmaster;
}

/** CPU seconds of a server so far: every process of it, those that ended (parallel workers) included. */
export function postgresCpuSeconds(postmaster: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === postmaster)
    .reduce((sum, { own }) => sum + own, 0);
  const { own = 0, reaped = 0 } = statOf(postmaster) ?? {};
  return (own + reaped + children) / ticksPerSecond;
}

/** CPU seconds of this process, all threads. */
export function processCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
