#!/usr/bin/env node
// Plain JavaScript, because it must be read by a Node that cannot run the TypeScript behind it. In the package that the
// console hands out the rest is JavaScript, too (server/http/cli-package.ts) and runs on Node 20.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const isSource = existsSync(here('./run.ts'));

if (major < 20)
  fail(`Fairlead's command line tool needs Node 20 or newer and this is Node ${process.versions.node}.`);
else if (isSource && major < 24) withOwnNode();
else {
  const { runCli } = isSource ? await import('./run.ts') : await import('./run.js');
  process.exitCode = await runCli({
    args: process.argv.slice(2),
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

/** A checkout brings a Node that runs its sources. */
function withOwnNode() {
  const node = here('../../node_modules/node/bin/node');
  if (!existsSync(node))
    return fail('In a checkout, run "npm ci" first: it brings the Node that runs the sources.');
  const { status, error } = spawnSync(node, [here('./fairlead.mjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  if (error !== undefined) return fail(error.message);
  process.exitCode = status ?? 1;
}

function fail(sentence) {
  process.stderr.write(`fairlead: ${sentence}\n`);
  process.exitCode = 1;
}
