import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectOnce } from '../client.ts';
import { startNode } from '../run-node.test-support.ts';
import { isRunning } from './process-probe.ts';
import { startTemporaryPostgres } from './temporary-postgres.ts';

interface Trace {
  readonly pid: number;
  readonly data: string;
}

async function traceOf(url: string): Promise<Trace> {
  const client = await connectOnce(url);
  const { rows } = await client.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
  const pid = await client.query<{ pid: string }>(
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
  );
  await client.end();
  return { pid: Number(pid.rows[0]?.pid), data: rows[0]?.data ?? '' };
}

const isGone = async ({ pid, data }: Trace) => {
  const deleted = await access(data).then(
    () => false,
    () => true,
  );
  return deleted && !(await isRunning(pid));
};

test('a temporary server leaves neither process nor data, and clears away one whose run was killed', async () => {
  const script = `import { ${startTemporaryPostgres.name} } from ${JSON.stringify(join(import.meta.dirname, 'temporary-postgres.ts'))};
    console.log('READY ' + (await ${startTemporaryPostgres.name}()).url); setInterval(() => {}, 1000);`;
  const { child, line, finished } = startNode({ args: ['--input-type=module', '-e', script] });
  const abandoned = await traceOf((await line(/READY (\S+)/))[1] ?? '');
  child.kill('SIGKILL');
  await finished;
  expect(await isRunning(abandoned.pid)).toBe(true);
  const server = await startTemporaryPostgres();
  expect(await isGone(abandoned)).toBe(true);
  const own = await traceOf(server.url);
  await server.remove();
  expect(await isGone(own)).toBe(true);
});
