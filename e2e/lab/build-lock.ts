import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const waitLimitMs = 60 * 60_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number.parseInt(existsSync(path) ? readFileSync(path, 'utf8') : '', 10);
    if (Number.isFinite(holder) && !isAlive(holder)) rmSync(path, { force: true });
    return false;
  }
}

/** Runs `work` while no other checkout on this machine builds into the same cache; a dead holder's lock is taken over. */
export async function withBuildLock(folder: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'lock');
  const deadline = Date.now() + waitLimitMs;
  let said = false;
  while (!tryLock(path)) {
    if (Date.now() > deadline)
      throw new Error(`Another build of the lab holds ${path} for more than an hour.`);
    if (!said) console.log(`lab: waiting for another build (${path})`);
    said = true;
    await delay(500);
  }
  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}
