import { type Digested, digestPath } from './digest-path.ts';
import { refusedError } from './exit-code.ts';

const shownFiles = 20;

/**
 * Refuses bytes at the path that do not have the digest. A folder that holds exactly one file may also have that file's
 * own digest, because loaders put a single file into a folder.
 */
export async function verifyPath(path: string, digest: string): Promise<Digested> {
  const found = await digestPath(path);
  const only = found.files?.length === 1 ? found.files[0] : undefined;
  if (found.digest === digest || (only !== undefined && `sha256:${only.sha256}` === digest)) return found;
  throw refusedError(
    [`The bytes at ${path} are not the ones of the version: they have ${found.digest}, it has ${digest}.`]
      .concat(listed(found))
      .join('\n'),
    'Compare the files with the list on the page of the version, and load the artefact again.',
  );
}

function listed({ files }: Digested): string[] {
  if (files === null) return [];
  const lines = files.slice(0, shownFiles).map(({ path, size, sha256 }) => `  ${sha256}  ${size}  ${path}`);
  const more = files.length - shownFiles;
  return [`Found (${files.length} files):`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}
