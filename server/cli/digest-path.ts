import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArtefactFile,
  fileListProblem,
  fileListText,
  filePathProblem,
  maxArtefactFiles,
} from '../../domain/artefact-files.ts';
import { refusedError, usageError } from './exit-code.ts';
import { hashFile } from './hash-file.ts';
import { isOciLayout, ociLayoutDigest, ociReferenceDigest } from './oci-digest.ts';

/** What stands at a path, with the digest under which it is registered. */
export type Digested = {
  readonly kind: 'folder' | 'file' | 'ociLayout' | 'ociReference';
  readonly digest: string;
  /** Of a folder; null for everything else. */
  readonly files: readonly ArtefactFile[] | null;
  readonly bytes: number;
};

/**
 * The digest of a folder is over the list of its files, of a file over its bytes, of an OCI layout or an `oci://`
 * reference that of its manifest. Symbolic links and what is neither file nor folder are refused, because their bytes
 * may be others tomorrow.
 */
export async function digestPath(path: string): Promise<Digested> {
  if (path.startsWith('oci://'))
    return { kind: 'ociReference', digest: ociReferenceDigest(path), files: null, bytes: 0 };
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? usageError(`There is nothing at ${path}.`) : error;
  });
  if (found.isFile()) {
    const { sha256, size } = await hashFile(path);
    return { kind: 'file', digest: `sha256:${sha256}`, files: null, bytes: size };
  }
  if (!found.isDirectory()) throw refusedError(linkProblem(path, found.isSymbolicLink()), linkFix);
  if (await isOciLayout(path)) return { kind: 'ociLayout', files: null, ...(await ociLayoutDigest(path)) };
  return await digestFolder(path);
}

async function digestFolder(folder: string): Promise<Digested> {
  const paths = await pathsBelow(folder, '');
  const problem = fileListProblem(paths.map(({ listed }) => ({ path: listed })));
  if (problem !== null) throw refusedError(`${folder}: ${problem}`);
  const files: ArtefactFile[] = [];
  for (const { listed, found } of paths) files.push({ path: listed, ...(await hashFile(found)) });
  const digest = `sha256:${createHash('sha256').update(fileListText(files)).digest('hex')}`;
  return { kind: 'folder', digest, files, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

type Found = { readonly listed: string; readonly found: string };

/** Every file below the folder; names are listed in NFC, because file systems differ in how they keep them. */
async function pathsBelow(folder: string, prefix: string): Promise<Found[]> {
  const paths: Found[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const found = join(folder, entry.name);
    const listed = `${prefix}${entry.name.normalize('NFC')}`;
    refuseEntry(entry, { found, listed });
    if (entry.isFile()) paths.push({ listed, found });
    else paths.push(...(await pathsBelow(found, `${listed}/`)));
    if (paths.length > maxArtefactFiles) break;
  }
  return paths;
}

function refuseEntry(entry: Dirent, { found, listed }: Found): void {
  const problem = filePathProblem(listed);
  if (problem !== null) throw refusedError(problem);
  if (!entry.isFile() && !entry.isDirectory())
    throw refusedError(linkProblem(found, entry.isSymbolicLink()), linkFix);
}

const linkFix = 'Copy the folder with what its links point to (cp -rL) and use the copy.';

function linkProblem(path: string, isLink: boolean): string {
  return isLink
    ? `${path} is a symbolic link, and what it points to may be something else tomorrow.`
    : `${path} is neither a file nor a folder.`;
}
