import { fileListText } from '../../domain/artefact-files.ts';
import type { CliCommand } from './command-line.ts';
import { type Digested, digestPath } from './digest-path.ts';
import { exitCode, usageError } from './exit-code.ts';
import { verifyPath } from './verify-path.ts';

const kinds: Record<Digested['kind'], string> = {
  folder: 'a folder',
  file: 'a file',
  ociLayout: 'an OCI layout',
  ociReference: 'an OCI reference',
};

/** What was digested, for people. */
export function describeDigested({ kind, files, bytes }: Digested): string {
  const count = files === null ? '' : ` of ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  return kind === 'ociReference' ? kinds[kind] : `${kinds[kind]}${count}, ${bytes} bytes`;
}

export const digestCommand: CliCommand = {
  name: 'digest',
  words: 'PATH | oci://REGISTRY/NAME@sha256:…',
  summary: 'Print the artefact digest of a folder, a file or an OCI artefact; needs no console',
  options: {
    files: { type: 'boolean', help: 'print the list of files that the digest of a folder is over' },
    verify: { type: 'string', help: 'DIGEST: end with 3 and a sentence when the bytes have another one' },
  },
  run: async (words, { say }) => {
    const path = words.position(0, 'a folder, a file or an OCI reference');
    const wanted = words.text('verify');
    if (wanted !== null && !/^sha256:[0-9a-f]{64}$/.test(wanted))
      throw usageError(`"${wanted}" is no digest: it is "sha256:" and 64 lowercase hex digits.`);
    const found = wanted === null ? await digestPath(path) : await verifyPath(path, wanted);
    if (words.flag('files') && found.files === null)
      throw usageError(`${path} is ${kinds[found.kind]}: only a folder has a list of files.`);
    say(`${path} is ${describeDigested(found)}${wanted === null ? '.' : ': the bytes of the version.'}`);
    const list = words.flag('files') ? (found.files ?? []) : null;
    const { kind, digest, bytes } = found;
    return {
      exit: exitCode.ok,
      value: list === null ? digest : fileListText(list).trimEnd(),
      json: {
        kind,
        digest,
        bytes,
        fileCount: found.files?.length ?? null,
        ...(list === null ? {} : { files: list }),
      },
    };
  },
};
