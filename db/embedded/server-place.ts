import { chmod, mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, copyBinaries, installedBinaries } from './binaries.ts';
import { canEnter, canRead, type ServerAccount } from './server-account.ts';
import type { EmbeddedState } from './state-file.ts';

export interface ServerPlace {
  readonly binaries: Binaries;
  /** The folder that holds `data`; its owner is this process, never the server's account. */
  readonly folder: string;
  /** Set when binaries and data had to leave the checkout. */
  readonly privateFolder?: string;
}

export interface PlaceOptions {
  readonly stateFolder: string;
  readonly account: ServerAccount | undefined;
  readonly state: EmbeddedState;
}

/** Decides where binaries and data are: in the checkout, or where the server's account can reach them. */
export async function serverPlace({ stateFolder, account, state }: PlaceOptions): Promise<ServerPlace> {
  const installed = await installedBinaries();
  const inside = join(await realpath(stateFolder), 'postgres');
  await mkdir(inside, { recursive: true });
  await chmod(inside, 0o711);
  if (
    state.privateFolder === undefined &&
    (account === undefined || (await reaches(account, installed, inside)))
  ) {
    return { binaries: installed, folder: inside };
  }
  const privateFolder = state.privateFolder ?? (await newPrivateFolder());
  // A recorded folder that was cleaned away (a temporary one may be) is made again, with new data.
  await mkdir(privateFolder, { recursive: true });
  await chmod(privateFolder, 0o711);
  return { binaries: await copyBinaries(installed, privateFolder), folder: privateFolder, privateFolder };
}

async function reaches(account: ServerAccount, installed: Binaries, inside: string): Promise<boolean> {
  const native = await realpath(installed.folder);
  const answers = await Promise.all([
    canEnter(account, inside),
    canRead(account, join(native, 'bin', 'postgres')),
    canRead(account, join(native, 'lib')),
    canRead(account, join(native, 'share')),
  ]);
  return answers.every(Boolean);
}

/** /var/lib outlives a reboot; a temporary folder is the last resort. The name is random and the folder made by us alone. */
async function newPrivateFolder(): Promise<string> {
  try {
    await mkdir('/var/lib/fairlead', { recursive: true });
    await chmod('/var/lib/fairlead', 0o755);
    return await mkdtemp('/var/lib/fairlead/checkout-');
  } catch {
    return mkdtemp(join(await realpath(tmpdir()), 'fairlead-postgres-'));
  }
}
