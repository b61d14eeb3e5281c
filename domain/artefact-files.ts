// No imports: the command line tool runs this file on machines without node_modules.

/** One file of an artefact: `path` below its folder with "/" between names, `sha256` of its bytes in 64 lowercase hex digits. */
export type ArtefactFile = { readonly path: string; readonly size: number; readonly sha256: string };

/** A list is sent, stored and checked whole. */
export const maxArtefactFiles = 10_000;

const maxPathLength = 1_024;

/** Below U+0020, and DEL: they would end a line or a field of the list. */
const controlCharacter = /\p{Cc}/u;

/** Why a path cannot stand in a list of files, as a sentence, or null. */
export function filePathProblem(path: string): string | null {
  if (path === '' || path.split('/').some((name) => name === '' || name === '.' || name === '..'))
    return `"${path}" is no path below a folder: it has an empty name, "." or ".." in it.`;
  if (path.length > maxPathLength)
    return `A path is longer than ${maxPathLength} characters: "${path.slice(0, 80)}…".`;
  if (controlCharacter.test(path) || path.includes('\\'))
    return `${JSON.stringify(path)} has a control character or a backslash in its name: rename the file.`;
  if (!path.isWellFormed() || path.includes('\uFFFD'))
    return `The name of "${path}" is not UTF-8: rename the file.`;
  return path === path.normalize('NFC') ? null : `"${path}" is not in Unicode's form NFC.`;
}

/** Order of the paths' UTF-8 bytes, which is that of their code points and of `LC_ALL=C sort`. */
export function comparePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** JavaScript's own order puts the halves of code points above U+FFFF before U+E000. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

/**
 * The text whose sha256 is the digest of a folder: a line per file, sorted by path, each `path TAB size TAB sha256 LF`.
 * The paths have passed filePathProblem, so none holds a tab or a line feed. Of no files it is empty.
 */
export function fileListText(files: readonly ArtefactFile[]): string {
  return files
    .toSorted((left, right) => comparePaths(left.path, right.path))
    .map(({ path, size, sha256 }) => `${path}\t${size}\t${sha256}\n`)
    .join('');
}

/** Why these files are no list, as a sentence, or null. */
export function fileListProblem(files: readonly Pick<ArtefactFile, 'path'>[]): string | null {
  if (files.length === 0) return 'There is no file in it.';
  if (files.length > maxArtefactFiles)
    return `It has more than ${maxArtefactFiles.toLocaleString('en')} files: pack it into an archive and register that.`;
  const seen = new Set<string>();
  for (const { path } of files) {
    const problem = filePathProblem(path);
    if (problem !== null) return problem;
    if (seen.has(path)) return `"${path}" is in it twice.`;
    seen.add(path);
  }
  return null;
}
