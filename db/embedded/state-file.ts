import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const stateSchema = z.object({
  schema: z.literal(1),
  password: z.string().min(1),
  /** The one of the last start; the next tries it first. */
  port: z.int().positive().optional(),
  /** Where binaries and data are when the server's account cannot enter the checkout. */
  privateFolder: z.string().optional(),
});

export type EmbeddedState = z.infer<typeof stateSchema>;

const fileIn = (stateFolder: string) => join(stateFolder, 'postgres.json');

/** What earlier starts recorded, or undefined before the first one. */
export async function readState(stateFolder: string): Promise<EmbeddedState | undefined> {
  let text: string;
  try {
    text = await readFile(fileIn(stateFolder), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  return stateSchema.parse(JSON.parse(text));
}

/** It holds the password, so only its owner may read it; the rename keeps a killed writer from leaving half a file. */
export async function writeState(stateFolder: string, state: EmbeddedState): Promise<void> {
  const draft = `${fileIn(stateFolder)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, fileIn(stateFolder));
}

export function newState(): EmbeddedState {
  return { schema: 1, password: randomBytes(24).toString('base64url') };
}
