import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import { serviceSpecSchema } from '../../domain/service-spec.ts';
import { checkoutRoot } from '../launch/checkout.ts';
import { exampleDigest, exampleSpec } from '../test-fixture.ts';
import { digestPath } from './digest-path.ts';

const root = mkdtempSync(join(tmpdir(), 'fairlead-init-step-'));
const volume = join(root, 'models');
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(volume, { recursive: true, force: true });
  mkdirSync(join(volume, 'weights'), { recursive: true });
  writeFileSync(join(volume, 'config.json'), '{}');
  writeFileSync(join(volume, 'weights', 'part-1.bin'), 'hello');
});

/** Runs the command that the pod's manifest has for the step, with the image's folder in this checkout. */
function runStep(artefactDigest: string) {
  const spec = serviceSpecSchema.parse({
    ...exampleSpec,
    artefact: {
      kind: 'initContainer',
      image: `registry.example/loader@${exampleDigest(1)}`,
      mountPath: volume,
      checkImage: `registry.example/fairlead@${exampleDigest(2)}`,
    },
  });
  const version = { sourceUri: 's3://models/churn/7', artefactDigest, servingImage: null };
  const { initContainers = [] } = resolvedPodTemplate(spec, version).spec;
  const step = initContainers.find(({ name }) => name === 'check-model');
  const [, ...args] = z
    .array(z.string())
    .parse(step?.['command'])
    .map((word) => word.replace(/^\/app(?=\/)/, checkoutRoot));
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stderr };
}

it('the step of the manifest lets the bytes of the version pass', async () => {
  const { digest } = await digestPath(volume);
  expect(runStep(digest)).toEqual({ status: 0, stderr: expect.stringContaining('the bytes of the version') });
});

it.each([
  ['a byte was changed', () => writeFileSync(join(volume, 'weights', 'part-1.bin'), 'hellO')],
  ['a file was added', () => writeFileSync(join(volume, 'extra.py'), '')],
  ['a file is missing', () => rmSync(join(volume, 'config.json'))],
])('the step of the manifest fails the pod with both digests when %s', async (_name, tamper) => {
  const { digest } = await digestPath(volume);
  tamper();
  const { status, stderr } = runStep(digest);
  expect(status).toBe(3);
  expect(stderr).toContain(`they have ${(await digestPath(volume)).digest}, it has ${digest}`);
  expect(stderr).toContain('weights/part-1.bin');
});

it('the image has the tool where the manifest says', () => {
  const dockerfile = readFileSync(join(checkoutRoot, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^COPY --from=build \/app \/app$/m);
});
