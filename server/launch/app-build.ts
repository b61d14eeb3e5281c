import { spawn } from 'node:child_process';
import { access, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { silenceTelemetry } from '../env.ts';
import { inputDigest, writeStamp } from './build-stamp.ts';

/** Why the app cannot be built here, or undefined when it can. */
export async function buildObstacle(root: string): Promise<string | undefined> {
  for (const source of ['app', 'next.config.mjs']) {
    const absent = await access(join(root, source)).then(
      () => false,
      () => true,
    );
    if (absent) {
      return `${source} is not here`;
    }
  }
  const require = createRequire(join(root, 'package.json'));
  for (const name of ['next', 'typescript']) {
    try {
      require.resolve(`${name}/package.json`);
    } catch {
      return `the npm package ${name} is not installed`;
    }
  }
  return undefined;
}

/** Runs `next build` with its output on ours, then stamps the result. */
export async function buildApp(root: string): Promise<void> {
  silenceTelemetry();
  // Of before the build: a file that is saved meanwhile makes the result stale, not wrongly fresh.
  const digest = await inputDigest(root);
  await rm(join(root, '.next', 'fairlead-stamp'), { force: true });
  const next = createRequire(join(root, 'package.json')).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [next, 'build'], { cwd: root, stdio: 'inherit' });
  const outcome = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
  if (outcome !== '0') {
    throw new Error(`The build of the pages failed (next build ended with ${outcome}); its output is above.`);
  }
  await writeStamp(root, digest);
  if ((await inputDigest(root)) !== digest) {
    console.log('A source changed during the build, so the next start builds again.');
  }
}
