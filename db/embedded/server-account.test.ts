import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canEnter, canRead, serverAccount } from './server-account.ts';

let folder: string;
const stranger = { uid: 64_001, gid: 64_001 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'account-'));
  await chmod(folder, 0o755);
  for (const [name, mode] of [
    ['open', 0o755],
    ['closed', 0o700],
    ['passable', 0o711],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'file'), '');
    await chmod(join(folder, name, 'file'), 0o644);
    await chmod(join(folder, name), mode);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['open', true, true],
  ['closed', false, false],
  ['passable', true, true],
] as const)(
  'a stranger and a folder that is %s: enter %s, read a file in it %s',
  async (name, enter, read) => {
    expect(await canEnter(stranger, join(folder, name))).toBe(enter);
    expect(await canRead(stranger, join(folder, name, 'file'))).toBe(read);
  },
);

test('a folder that can only be passed through cannot be listed', async () => {
  expect(await canRead(stranger, join(folder, 'passable'))).toBe(false);
});

test('the owner of a closed folder enters it', async () => {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  expect(await canEnter(owner, join(folder, 'closed'))).toBe(true);
});

test('another account is chosen when, and only when, this process is root', async () => {
  const account = await serverAccount();
  expect(account === undefined).toBe(process.getuid?.() !== 0);
  expect(account?.uid).not.toBe(0);
});
