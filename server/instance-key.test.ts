import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Env } from './env.ts';
import { instanceKey, instanceKeys, openSecret, sealSecret } from './instance-key.ts';

const env: Env = { HOST: '127.0.0.1', LOG_LEVEL: 'info', INTERVALS_KEPT_DAYS: 400 };
const base64 = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64');
const [first, second] = [instanceKey(base64(1)), instanceKey(base64(2))];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-instance-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a sealed secret', () => {
  const sealed = sealSecret([first], 'the secret', 'row 1') ?? '';

  it('opens in its place with its key, and is another text each time', () => {
    expect(openSecret([first], sealed, 'row 1')).toBe('the secret');
    expect(sealSecret([first], 'the secret', 'row 1')).not.toBe(sealed);
    expect(sealed).not.toContain('secret');
  });

  it('does not open in another place, with another key, or after any of its bytes was changed', () => {
    expect(openSecret([first], sealed, 'row 2')).toBeNull();
    expect(openSecret([second], sealed, 'row 1')).toBeNull();
    expect(openSecret([], sealed, 'row 1')).toBeNull();
    const [form, id, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openSecret([first], `${form}.${id}.${changed.toString('base64url')}`, 'row 1')).toBeNull();
    }
    for (const text of ['', 'x', 'a.b.c', `${form}.${id}.`, `v0.${id}.${body}`])
      expect(openSecret([first], text, 'row 1')).toBeNull();
  });

  it('survives a new key as long as the old one stands behind it', () => {
    expect(openSecret([second, first], sealed, 'row 1')).toBe('the secret');
    expect(sealSecret([second, first], 'x', 'row 1')).toContain(second.id);
  });

  it('is not made without a key', () => {
    expect(sealSecret([], 'x', 'row 1')).toBeNull();
  });
});

describe("the instance's key", () => {
  it('comes from the environment, several with the newest first; a wrong length is told without the key', async () => {
    const keys = await instanceKeys({ ...env, INSTANCE_KEY: `${base64(2)}, ${base64(1)}` }, folder);
    expect(keys.map(({ id }) => id)).toEqual([second.id, first.id]);
    const wrong = instanceKeys({ ...env, INSTANCE_KEY: base64(9, 16) }, folder);
    await expect(wrong).rejects.toThrow('INSTANCE_KEY is not 32 bytes in base64');
    await expect(wrong).rejects.not.toThrow(base64(9, 16));
  });

  it('is made once on one machine, readable by its owner only', async () => {
    const state = join(folder, 'state');
    const [one, other] = await Promise.all([instanceKeys(env, state), instanceKeys(env, state)]);
    expect(one).toHaveLength(1);
    expect(other).toEqual(one);
    expect((await stat(join(state, 'instance-key'))).mode & 0o777).toBe(0o600);
  });

  it('is not made beside configured worker keys: replicas could not read what another sealed', async () => {
    const state = join(folder, 'replica');
    expect(await instanceKeys({ ...env, WORKER_PUBLIC_KEY: base64(3) }, state)).toEqual([]);
    expect(await readdir(folder)).not.toContain('replica');
  });
});
