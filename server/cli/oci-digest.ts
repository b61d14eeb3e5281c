import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedError, usageError } from './exit-code.ts';
import { hashFile } from './hash-file.ts';

/** What names further blobs: manifests and indexes of OCI and of Docker. */
const namesBlobs =
  /^application\/vnd\.(oci\.image\.(manifest|index)\.v1|docker\.distribution\.manifest(\.list)?\.v2)\+json$/;

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** The digest of an `oci://registry/name@sha256:…` reference; a tag alone is refused, because it can move. */
export function ociReferenceDigest(reference: string): string {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  if (digestPattern.test(digest)) return digest;
  throw usageError(
    `${reference} names no digest, and a tag can move to other bytes.`,
    'Resolve it first, for example with "crane digest" or "oras resolve", and write "oci://registry/name@sha256:…".',
  );
}

/** Whether the folder is an OCI image layout, by the file that the specification asks for. */
export async function isOciLayout(folder: string): Promise<boolean> {
  return await stat(join(folder, 'oci-layout')).then(
    (found) => found.isFile(),
    () => false,
  );
}

type Descriptor = { readonly digest: string; readonly size: number; readonly mediaType?: string };
type Manifest = {
  readonly manifests?: Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: Descriptor[];
};

/** Digest of the layout's one manifest, after every blob that it names was read and found to be what its name says. */
export async function ociLayoutDigest(folder: string): Promise<{ digest: string; bytes: number }> {
  const { manifests = [] } = parsed(await readFile(join(folder, 'index.json'), 'utf8'), 'index.json');
  const [first, ...others] = manifests;
  if (first === undefined || others.length > 0)
    throw refusedError(
      `The OCI layout ${folder} holds ${manifests.length} manifests in index.json, and exactly one can be registered.`,
      'Copy the one that is meant into a layout of its own, for example with "oras copy --to-oci-layout".',
    );
  return { digest: first.digest, bytes: await checkedBytes(folder, first, 0) };
}

/** Bytes of the blob and of all that it names; an index of manifests nests at most three deep. */
async function checkedBytes(folder: string, descriptor: Descriptor, depth: number): Promise<number> {
  const { digest, mediaType = '' } = descriptor;
  if (!digestPattern.test(digest)) throw refusedError(`"${digest}" in the OCI layout is no sha256 digest.`);
  const path = join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const { sha256, size } = await hashFile(path).catch(() => {
    throw refusedError(`The OCI layout lacks the blob ${digest}, or it cannot be read.`);
  });
  if (`sha256:${sha256}` !== digest)
    throw refusedError(`The blob ${digest} of the OCI layout has other bytes: sha256:${sha256}.`);
  if (!namesBlobs.test(mediaType) || depth > 3) return size;
  const manifest = parsed(await readFile(path, 'utf8'), digest);
  const named = [
    ...(manifest.manifests ?? []),
    ...(manifest.config === undefined ? [] : [manifest.config]),
    ...(manifest.layers ?? []),
  ];
  let bytes = size;
  for (const next of named) bytes += await checkedBytes(folder, next, depth + 1);
  return bytes;
}

function parsed(text: string, name: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    throw refusedError(`${name} of the OCI layout is not JSON.`);
  }
}
