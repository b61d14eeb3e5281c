import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';
import { sharedLab } from './start.ts';

const chart = fileURLToPath(new URL('../../helm/fairlead', import.meta.url));
const values = (name: string) => `${chart}/ci/${name}-values.yaml`;

let lab: Lab;
let home: string;
let target: string;

before(async () => {
  lab = sharedLab();
  home = await lab.createNamespace('helm-home');
  target = await lab.createNamespace('helm-target');
});
after(async () => {
  await lab.deleteNamespace(home);
  await lab.deleteNamespace(target);
});

for (const name of ['small', 'full']) {
  test(`the chart with ${name} values passes helm's linter`, async () => {
    await lab.helm(['lint', chart, '--strict', '-f', values(name)]);
  });

  test(`the API server takes every object of the chart with ${name} values`, async () => {
    const rendered = await lab.helm([
      'template',
      'fairlead',
      chart,
      '-n',
      home,
      '-f',
      values(name),
      '--set',
      `rbac.namespaces={${target}}`,
      '--set',
      `rbac.watchNamespaces={${home}}`,
    ]);
    const answer = await lab.kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], rendered);
    for (const kind of [
      'deployment.apps/fairlead-web',
      'deployment.apps/fairlead-worker',
      'job.batch/fairlead-migrate',
      'role.rbac',
    ]) {
      assert.match(answer, new RegExp(kind.replaceAll('.', '\\.')));
    }
  });
}

test('the chart refuses values without an address or a secret, and unknown ones', async () => {
  await assert.rejects(lab.helm(['template', 'fairlead', chart]), /publicUrl/);
  await assert.rejects(
    lab.helm(['template', 'fairlead', chart, '-f', values('small'), '--set', 'wbe.replicas=3']),
    /wbe/,
  );
});
