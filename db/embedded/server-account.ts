import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The account that PostgreSQL runs under when Fairlead itself runs as root, which PostgreSQL refuses. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** Undefined when this process is not root and PostgreSQL can simply run as the same user. */
export async function serverAccount(names = ['postgres', 'nobody']): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  for (const name of names) {
    const account = await lookUp(name);
    if (account !== undefined) {
      return account;
    }
  }
  return createAccount();
}

async function lookUp(name: string): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** initdb refuses a bare number that no account stands behind [ran], so the last resort is a new system account. */
async function createAccount(): Promise<ServerAccount> {
  await run('useradd', [
    '--system',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'fairlead-postgres',
  ]).catch(() => undefined);
  const account = await lookUp('fairlead-postgres');
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and this machine has no account "postgres" or "nobody": run npm start as another user, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  return account;
}

/** Whether the account may read `path` and pass through every folder above it (mode bits; ACLs are not asked). */
export async function canRead(account: ServerAccount, path: string): Promise<boolean> {
  const target = await stat(path);
  return allows(account, target, target.isDirectory() ? 5 : 4) && (await canEnter(account, dirname(path)));
}

/** Whether the account may pass through `folder` and every folder above it. */
export async function canEnter(account: ServerAccount, folder: string): Promise<boolean> {
  if (!allows(account, await stat(folder), 1)) {
    return false;
  }
  return folder === dirname(folder) || canEnter(account, dirname(folder));
}

function allows(
  account: ServerAccount,
  file: { uid: number; gid: number; mode: number },
  wanted: number,
): boolean {
  const shift = file.uid === account.uid ? 6 : file.gid === account.gid ? 3 : 0;
  return ((file.mode >> shift) & wanted) === wanted;
}
