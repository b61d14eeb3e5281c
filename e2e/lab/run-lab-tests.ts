import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildLab } from './build.ts';
import { ownNetwork, removeStaleLabs, runInNetwork } from './network.ts';
import { demandRequirements } from './requirements.ts';
import { startLab } from './start.ts';
import { untilAskedToStop } from './stop-signal.ts';

interface Counts {
  passed: number;
  failed: number;
}

/** Follow rollouts that mostly wait, each in namespaces of its own, and leave alone what the others see: the longest first. */
const besideEachOther = [
  'reserved-killed',
  'turned-bad',
  'take-over',
  'unit-costs',
  'worker-killed',
  'journey',
  'take-over-killed',
  'kafka',
  'take-over-plan',
  'retrain',
].map((name) => `${name}.lab.ts`);
/** More of them, and the waits of one are no longer waits of the others. */
const atATime = 3;

function testFiles(wanted: string[]): { one: string[]; beside: string[] } {
  const all = globSync('**/*.lab.ts', { cwd: import.meta.dirname }).toSorted();
  const chosen = wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => file.includes(part)));
  const path = (file: string) => `${import.meta.dirname}/${file}`;
  return {
    one: chosen.filter((file) => !besideEachOther.includes(file)).map(path),
    beside: besideEachOther.filter((file) => chosen.includes(file)).map(path),
  };
}

function runFiles(files: string[], concurrency: number, signal: AbortSignal): Promise<Counts> {
  if (files.length === 0 || signal.aborted) return Promise.resolve({ passed: 0, failed: files.length });
  return new Promise((resolve, reject) => {
    const counts: Counts = { passed: 0, failed: 0 };
    const stream = run({ files, concurrency, timeout: 900_000, signal });
    stream.on('test:summary', (summary) => {
      if (summary.file !== undefined) return;
      counts.passed = summary.counts.passed;
      counts.failed =
        summary.counts.tests - summary.counts.passed - summary.counts.skipped - summary.counts.todo;
    });
    stream.on('error', reject);
    const report = stream.compose(spec);
    report.on('end', () => resolve(counts));
    report.pipe(process.stdout, { end: false });
  });
}

async function outside(wanted: string[]): Promise<number> {
  demandRequirements();
  // The build needs the registries, which cannot be reached from inside.
  await buildLab();
  await removeStaleLabs();
  return runInNetwork(import.meta.filename, wanted);
}

async function inside(wanted: string[]): Promise<number> {
  const { one, beside } = testFiles(wanted);
  const files = [...one, ...beside];
  const interrupted = new AbortController();
  void untilAskedToStop().then(() => interrupted.abort());
  const lab = await startLab();
  let counts: Counts = { passed: 0, failed: files.length };
  try {
    console.log(`lab: running ${files.map((file) => relative(process.cwd(), file)).join(', ')}`);
    // They share the lab, one kills its API server and some count the GPUs of everybody: those run one at a time.
    const first = await runFiles(one, 1, interrupted.signal);
    const rest = await runFiles(beside, atATime, interrupted.signal);
    counts = { passed: first.passed + rest.passed, failed: first.failed + rest.failed };
  } finally {
    const bad = counts.failed > 0 || counts.passed === 0;
    await lab.stop(bad);
    if (bad) console.log(`lab: its logs are in ${lab.folder.logs}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

const wanted = process.argv.slice(2);
if (ownNetwork() === null) process.exitCode = await outside(wanted);
// The stop signal's timer would keep the process; everything is stopped here.
else process.exit(await inside(wanted));
