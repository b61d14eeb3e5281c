import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isRunning } from './process-probe.ts';

const waitMs = 120_000;
/** Locks and user records of this very process: in a container a killed forerunner may have had the same id. */
const mine = new Set<string>();

/** One process at a time prepares, starts or stops the server of a state folder; a lock whose holder died is taken over. */
export async function withFolderLock<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock');
  const giveUpAt = Date.now() + waitMs;
  while (!(await tryLock(file))) {
    if (Date.now() > giveUpAt) {
      throw new EmbeddedPostgresError(
        `Another process has held ${file} for two minutes; if no other Fairlead is starting, delete that file.`,
      );
    }
    await wait(50);
  }
  mine.add(file);
  try {
    return await run();
  } finally {
    mine.delete(file);
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw error;
    }
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  // An empty file is a holder between creating and writing it.
  if (holder > 0 && !(await isLive(holder, file))) {
    const aside = `${file}.${process.pid}`;
    // rename has one winner, where two processes could both delete and create.
    await rename(file, aside).then(
      () => rm(aside, { force: true }),
      () => undefined,
    );
  }
  return false;
}

async function isLive(pid: number, file: string): Promise<boolean> {
  return pid === process.pid ? mine.has(file) : isRunning(pid);
}

/** Records that this process uses the server; the record is given back to `leaveUsers`. */
export async function joinUsers(folder: string): Promise<string> {
  const record = join(folder, 'users', `${process.pid}.${randomBytes(4).toString('hex')}`);
  await mkdir(join(folder, 'users'), { recursive: true });
  await writeFile(record, '');
  mine.add(record);
  return record;
}

/** Takes the record away and says whether anybody else still uses the server. */
export async function leaveUsers(folder: string, record: string): Promise<boolean> {
  mine.delete(record);
  const users = join(folder, 'users');
  let others = false;
  for (const name of await readdir(users)) {
    if (await isLive(Number.parseInt(name, 10), join(users, name))) {
      others = true;
    } else {
      await rm(join(users, name), { force: true });
    }
  }
  return others;
}
