import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Env } from './env.ts';
import { publicKeyOf, workerKeys } from './worker-key.ts';

const env: Env = { HOST: '127.0.0.1', LOG_LEVEL: 'info', INTERVALS_KEPT_DAYS: 400 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-keys-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the worker's keys", () => {
  it('are made once, are the same for all who start at once, and are readable by their owner only', async () => {
    const stateFolder = join(folder, 'state', 'deep');
    const start = () => workerKeys(env, { stateFolder, needsPrivate: true });
    const [first, ...others] = await Promise.all([start(), start(), start()]);
    expect(others).toEqual([first, first]);
    expect(await start()).toEqual(first);
    expect((await stat(join(stateFolder, 'worker-key'))).mode & 0o777).toBe(0o600);
  });

  it('come from the environment when they are there, and then nothing is written', async () => {
    const stateFolder = join(folder, 'untouched');
    const { privateKey } = await workerKeys(env, { stateFolder: join(folder, 'other'), needsPrivate: true });
    const given = { ...env, WORKER_PRIVATE_KEY: privateKey ?? '' };
    const publicKey = publicKeyOf(privateKey ?? '');
    expect(await workerKeys(given, { stateFolder, needsPrivate: true })).toEqual({ publicKey, privateKey });
    const web = { ...env, WORKER_PUBLIC_KEY: publicKey };
    expect(await workerKeys(web, { stateFolder, needsPrivate: false })).toEqual({
      publicKey,
      privateKey: null,
    });
    await expect(workerKeys(web, { stateFolder, needsPrivate: true })).rejects.toThrow(
      'A worker needs WORKER_PRIVATE_KEY',
    );
    await expect(readFile(join(stateFolder, 'worker-key'))).rejects.toThrow('ENOENT');
  });

  it('that cannot be kept are a sentence that says what to set', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    await expect(workerKeys(env, { stateFolder: join(file, 'state'), needsPrivate: true })).rejects.toThrow(
      /cannot be kept in .* \(ENOTDIR\): set WORKER_PUBLIC_KEY and WORKER_PRIVATE_KEY .*, or STATE_FOLDER/,
    );
  });
});
