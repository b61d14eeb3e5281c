import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CiStep, githubStep, promoteLines, shellStep } from './ci-step.ts';

const step: CiStep = {
  url: 'https://fairlead.example.com',
  model: "o'brien's model",
  artefact: './model',
  source: 's3://models/churn/7',
  service: 'churn',
  environment: 'production',
};

it('the lines name no token and quote what a shell would read otherwise', () => {
  const lines = promoteLines(step);
  expect(lines).toContain("register 'o'\\''brien'\\''s model' ./model --source s3://models/churn/7");
  expect(lines).toContain('--service churn --environment production');
  expect(`${lines}${shellStep(step)}${githubStep(step)}`).not.toContain('flt_');
});

it('the GitHub step is YAML that takes the token from the secret FAIRLEAD_TOKEN and runs exactly the lines', () => {
  const [node, run] = parse(githubStep(step)) as [object, { env: object; run: string }];
  expect(node).toMatchObject({ uses: 'actions/setup-node@v4' });
  expect(run.env).toEqual({
    FAIRLEAD_URL: step.url,
    FAIRLEAD_TOKEN: '${{ secrets.FAIRLEAD_TOKEN }}',
  });
  expect(run.run.trim()).toBe(promoteLines(step));
});

it('the shell lines stop at the first failure and when there is no token', () => {
  expect(shellStep(step)).toMatch(/^set -eu\n[^]*\$\{FAIRLEAD_TOKEN:\?/);
});
