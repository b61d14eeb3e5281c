import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startNode } from '../../db/run-node.test-support.ts';
import { checkoutRoot } from './checkout.ts';

const start = join(checkoutRoot, 'server', 'start.mjs');
const sentence =
  /^Fairlead needs Node 24 or newer and this is Node (18|20|22)\.\d+\.\d+\. .*"npm start"\.\n$/;

/** A Node that is older than 24 where machines have one. */
async function oldNode(): Promise<string | undefined> {
  for (const program of ['/usr/bin/node', '/usr/local/bin/node']) {
    const there = await access(program).then(
      () => true,
      () => false,
    );
    if (there) {
      const { stdout } = await startNode({ program, args: ['--version'] }).finished;
      if (/^v(18|20|22)\./.test(stdout)) {
        return program;
      }
    }
  }
  return undefined;
}

const old = await oldNode();

test.runIf(old !== undefined)('an old Node is told what to do in one sentence and nothing else', async () => {
  const { code, stdout, stderr } = await startNode({ program: old ?? '', args: [start] }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(sentence);
});

test('the same sentence comes on any machine when the version says 20', async () => {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import(${JSON.stringify(start)})`;
  const { code, stdout, stderr } = await startNode({ args: ['--input-type=module', '-e', pretend] }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(sentence);
});
