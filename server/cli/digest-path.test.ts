import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkoutRoot } from '../launch/checkout.ts';
import { digestPath } from './digest-path.ts';
import { verifyPath } from './verify-path.ts';

const root = mkdtempSync(join(tmpdir(), 'fairlead-digest-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
function folderOf(files: Record<string, string | Uint8Array>): string {
  made += 1;
  const folder = join(root, `folder-${made}`);
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

/** The lines that docs/ci.md names as what the digest is, run by a shell in the folder. */
async function byTheShell(folder: string): Promise<string> {
  const docs = await readFile(join(checkoutRoot, 'docs/ci.md'), 'utf8');
  const lines = /```sh\n(# The digest of a folder[\s\S]*?)```/.exec(docs)?.[1] ?? '';
  const printed = execFileSync('sh', ['-c', lines], { cwd: folder, encoding: 'utf8' });
  return `sha256:${printed.slice(0, 64)}`;
}

describe('the digest of a folder', () => {
  it('is that of the documented vector', async () => {
    const folder = folderOf({ 'config.json': '{}\n', 'weights/part 1.bin': 'hello' });
    const { digest, files, bytes } = await digestPath(folder);
    const vector = 'sha256:49354ea186bb5913ac314d7a4debe47dc17370be0dd783abaa04e3ea92239f92';
    expect([digest, bytes]).toEqual([vector, 8]);
    expect(files?.map(({ path }) => path)).toEqual(['config.json', 'weights/part 1.bin']);
    expect(await readFile(join(checkoutRoot, 'docs/ci.md'), 'utf8')).toContain(vector);
  });

  it('is what the documented lines of a shell print, for names and bytes of every kind', async () => {
    const folder = folderOf({
      a: '',
      'a b': 'x',
      'A/b': 'x',
      'dir/.hidden': 'x',
      'dir/quote\'s "$HOME" `id`': 'x',
      'dir2/-n': 'x',
      'z/模型.bin': new Uint8Array(3_000_000).fill(7),
      'z/\u{1F600}': '1',
      'z/\uFF5E': '2',
    });
    const { digest } = await digestPath(folder);
    expect(digest).toBe(await byTheShell(folder));
  });

  it('changes with a byte, a name and a file more, and not with an empty folder', async () => {
    const same = { a: 'one', 'b/c': 'two' };
    const { digest } = await digestPath(folderOf(same));
    const others = [
      { ...same, a: 'onE' },
      { A: 'one', 'b/c': 'two' },
      { ...same, d: '' },
    ];
    for (const other of others) expect((await digestPath(folderOf(other))).digest).not.toBe(digest);
    const withEmpty = folderOf(same);
    mkdirSync(join(withEmpty, 'empty'));
    expect((await digestPath(withEmpty)).digest).toBe(digest);
  });

  it('lists names in NFC, so that a copy by way of another file system has the same', async () => {
    const composed = await digestPath(folderOf({ '\u00e9.bin': 'x' }));
    const decomposed = await digestPath(folderOf({ 'e\u0301.bin': 'x' }));
    expect(decomposed.digest).toBe(composed.digest);
    await expect(digestPath(folderOf({ '\u00e9.bin': 'x', 'e\u0301.bin': 'y' }))).rejects.toThrow(/twice/);
  });

  it('is refused for links, for what is no file, for names that no list can hold and without files', async () => {
    const linked = folderOf({ a: 'x' });
    symlinkSync('a', join(linked, 'b'));
    await expect(digestPath(linked)).rejects.toMatchObject({ exit: 3, message: /b is a symbolic link/ });
    symlinkSync(linked, join(root, 'link-to-folder'));
    await expect(digestPath(join(root, 'link-to-folder'))).rejects.toThrow(/symbolic link/);
    const piped = folderOf({ a: 'x' });
    execFileSync('mkfifo', [join(piped, 'pipe')]);
    await expect(digestPath(piped)).rejects.toThrow(/neither a file nor a folder/);
    await expect(digestPath(folderOf({ 'a\nb': 'x' }))).rejects.toThrow(/control character/);
    await expect(digestPath(folderOf({}))).rejects.toThrow(/no file in it/);
    await expect(digestPath(join(root, 'missing'))).rejects.toMatchObject({ exit: 2 });
  });
});

describe('the digest of a file', () => {
  it('is what sha256sum prints', async () => {
    const file = join(folderOf({ 'model.onnx': new Uint8Array(2_500_000).fill(3) }), 'model.onnx');
    const printed = execFileSync('sha256sum', [file], { encoding: 'utf8' });
    expect(await digestPath(file)).toMatchObject({
      kind: 'file',
      digest: `sha256:${printed.slice(0, 64)}`,
      files: null,
      bytes: 2_500_000,
    });
  });
});

describe('the digest of an OCI artefact', () => {
  const layer = 'weights';
  const blob = (text: string) => ({ digest: `sha256:${sha256(text)}`, size: text.length });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...blob('{}') },
    layers: [{ mediaType: 'application/octet-stream', ...blob(layer) }],
  });
  const named = { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...blob(manifest) };
  const layout = (manifests: object[]) => ({
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ schemaVersion: 2, manifests }),
    [`blobs/sha256/${sha256(manifest)}`]: manifest,
    [`blobs/sha256/${sha256('{}')}`]: '{}',
    [`blobs/sha256/${sha256(layer)}`]: layer,
  });

  it('is that of the one manifest of a layout, whose blobs are all what their names say', async () => {
    const found = await digestPath(folderOf(layout([named])));
    expect(found).toEqual({
      kind: 'ociLayout',
      digest: named.digest,
      files: null,
      bytes: manifest.length + 2 + layer.length,
    });
    const tampered = { ...layout([named]), [`blobs/sha256/${sha256(layer)}`]: 'Weights' };
    await expect(digestPath(folderOf(tampered))).rejects.toThrow(/has other bytes/);
    const { [`blobs/sha256/${sha256(layer)}`]: _gone, ...lacking } = layout([named]);
    await expect(digestPath(folderOf(lacking))).rejects.toThrow(/lacks the blob/);
  });

  it('is refused when a layout holds several manifests, or none', async () => {
    await expect(digestPath(folderOf(layout([named, named])))).rejects.toThrow(/holds 2 manifests/);
    await expect(digestPath(folderOf(layout([])))).rejects.toThrow(/holds 0 manifests/);
  });

  it('is the one that a reference names, and a tag alone is refused', async () => {
    const reference = `oci://registry.example/models/churn:7@sha256:${'b'.repeat(64)}`;
    expect((await digestPath(reference)).digest).toBe(`sha256:${'b'.repeat(64)}`);
    await expect(digestPath('oci://registry.example/models/churn:7')).rejects.toMatchObject({
      exit: 2,
      message: /a tag can move/,
    });
  });
});

describe('verifying', () => {
  it('lets the right bytes pass, and a single file under its own digest', async () => {
    const folder = folderOf({ a: 'x', b: 'y' });
    const { digest } = await digestPath(folder);
    expect((await verifyPath(folder, digest)).digest).toBe(digest);
    const single = folderOf({ 'model.onnx': 'weights' });
    expect((await verifyPath(single, `sha256:${sha256('weights')}`)).kind).toBe('folder');
  });

  it('refuses one changed byte with both digests and the list of what is there', async () => {
    const folder = folderOf({ a: 'x', b: 'y' });
    const { digest } = await digestPath(folder);
    writeFileSync(join(folder, 'b'), 'z');
    const now = (await digestPath(folder)).digest;
    await expect(verifyPath(folder, digest)).rejects.toMatchObject({
      exit: 3,
      message: expect.stringMatching(
        new RegExp(`they have ${now}, it has ${digest}[^]*Found \\(2 files\\):[^]*  b$`),
      ),
    });
    await expect(verifyPath(folderOf({ a: 'x', b: 'y', c: '' }), digest)).rejects.toThrow(/not the ones/);
    const two = folderOf({ a: 'x', b: 'y' });
    await expect(verifyPath(two, `sha256:${sha256('x')}`)).rejects.toThrow(/not the ones/);
  });
});
