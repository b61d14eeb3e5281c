import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFile(resolve(root, file), 'utf8');

/** The instructions of the last stage: what runs. */
async function lastStage(): Promise<string[]> {
  const lines = (await read('Dockerfile')).split('\n').filter((line) => /^[A-Z]/.test(line));
  return lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
}

const valueOf = (lines: string[], instruction: string) =>
  lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1);

it('the image runs Node 24 by a numbered account that is not root, and nothing after it may change files', async () => {
  const stage = await lastStage();
  expect(valueOf(stage, 'FROM')).toMatch(/^node:24-/);
  expect(valueOf(stage, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const afterUser = stage.slice(stage.findIndex((line) => line.startsWith('USER ')));
  expect(afterUser.filter((line) => /^(RUN|COPY|ADD|USER) /.test(line))).toHaveLength(1);
});

it('the chart demands the account of the image and a read-only root file system', async () => {
  const [user, group] = (valueOf(await lastStage(), 'USER') ?? '').split(':');
  const names = await read('helm/fairlead/templates/_names.tpl');
  expect(names).toContain(`runAsNonRoot: true\nrunAsUser: ${user}\nrunAsGroup: ${group}\n`);
  expect(names).toContain('readOnlyRootFilesystem: true');
});
