import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const run = promisify(execFile);

/** The package brings the libraries that a bare machine lacks, for a system that it recognises by this variable. */
const pretend = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };

const starter = `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
FONTCONFIG_FILE="$here/fonts.conf"
export FONTCONFIG_FILE
exec "$here/chromium" "$@"
`;

/** A bare machine has no fonts at all; the package's own configuration names folders of the machine it was made for. */
const fontSettings = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}/fonts</dir>
  <cachedir>${folder.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}/fonts-cache</cachedir>
</fontconfig>
`;

/** Unpacks the npm package's Chromium (Linux on x64 only) into `.fairlead` once and gives the path of its starter. */
export async function unpackChromium(root: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return undefined;
  }
  try {
    const entry = createRequire(join(root, 'package.json')).resolve('@sparticuz/chromium');
    const folder = join(root, '.fairlead', `chromium-${await versionOf(entry)}`);
    const program = join(folder, 'start-chromium');
    const ready = await access(program).then(
      () => true,
      () => false,
    );
    if (!ready) {
      await unpack(entry, folder);
    }
    return program;
  } catch (error) {
    console.error(
      `@sparticuz/chromium cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

async function versionOf(entry: string): Promise<string> {
  const root = entry.slice(
    0,
    entry.lastIndexOf(join('@sparticuz', 'chromium')) + join('@sparticuz', 'chromium').length,
  );
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).version;
}

/** The package unpacks into TMPDIR and takes a half-written file there for a whole one, so it gets a folder of its own. */
async function unpack(entry: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    const script = `const m = await import(process.argv[1]); await (m.default.default ?? m.default).executablePath();`;
    await run(process.execPath, ['--input-type=module', '-e', script, entry], {
      env: { ...process.env, ...pretend, TMPDIR: draft },
    });
    const program = join(draft, 'start-chromium');
    await writeFile(program, starter);
    await chmod(program, 0o755);
    await writeFile(join(draft, 'fonts.conf'), fontSettings(folder));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
