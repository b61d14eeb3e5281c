import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { withFolderLock } from './folder-lock.ts';
import { isRunning, wasStartedWith } from './process-probe.ts';
import { freePort, launch, runningServer } from './server-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'process-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a binary that cannot be run is a sentence, never an uncaught error event', async () => {
  const options = { data: folder, port: 1, account: undefined, settings: {}, logFile: join(folder, 'log') };
  await expect(launch({ ...options, program: join(folder, 'missing') })).rejects.toBeInstanceOf(
    EmbeddedPostgresError,
  );
  await writeFile(join(folder, 'closed'), '');
  await chmod(join(folder, 'closed'), 0o600);
  await expect(launch({ ...options, program: join(folder, 'closed') })).rejects.toThrow(
    'closed cannot be run here:',
  );
});

test('a record of a process that is gone is deleted', async () => {
  await writeFile(join(folder, 'postmaster.pid'), `4194303\n${folder}\n1\n5432\n`);
  expect(await runningServer(folder)).toBeUndefined();
  await expect(readFile(join(folder, 'postmaster.pid'))).rejects.toThrow('ENOENT');
});

test('a process is known by its arguments, not by its number', async () => {
  expect(await isRunning(process.pid)).toBe(true);
  expect(await wasStartedWith(process.pid, '/no/such/argument')).toBe(false);
});

test('the wanted port is given when it is free and another one when it is not', async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
  const holder = createServer().listen(port, '127.0.0.1');
  await new Promise((done) => holder.once('listening', done));
  expect(await freePort(port)).not.toBe(port);
  holder.close();
});

test('work under the lock of a folder never overlaps, in one process either', async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withFolderLock(folder, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
});

test('a lock whose holder died is taken over, and a failure inside gives it back', async () => {
  await writeFile(join(folder, 'lock'), '4194303');
  await expect(withFolderLock(folder, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  expect(await withFolderLock(folder, async () => 'again')).toBe('again');
});

test('a lock of a killed forerunner with our own number (as in a container) is taken over', async () => {
  await writeFile(join(folder, 'lock'), String(process.pid));
  expect(await withFolderLock(folder, async () => 'mine')).toBe('mine');
});
