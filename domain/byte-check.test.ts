import { describe, expect, it } from 'vitest';
import { byteCheck, byteCheckRefusal } from './byte-check.ts';
import { openPolicy } from './policy.ts';
import type { ArtefactDelivery } from './service-spec.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = `registry.example/tool@${digest}`;
const delivery = {
  inImage: { kind: 'inImage' },
  ociVolume: { kind: 'ociVolume', mountPath: '/models' },
  loader: { kind: 'initContainer', image, mountPath: '/models' },
  checked: { kind: 'initContainer', image, mountPath: '/models', checkImage: image },
  storageUri: { kind: 'storageUri', envName: 'MODEL_URI' },
} as const satisfies Record<string, ArtefactDelivery>;
const known = { sourceUri: 's3://models/churn/7', artefactDigest: digest };

describe('how the bytes are checked', () => {
  it.each([
    ['in the image', delivery.inImage, known, 'imageDigest'],
    ['an OCI volume of a known digest', delivery.ociVolume, known, 'imageDigest'],
    [
      'an OCI volume whose source names the digest',
      delivery.ociVolume,
      { sourceUri: `oci://r/m@${digest}`, artefactDigest: null },
      'imageDigest',
    ],
    [
      'an OCI volume by tag without a digest',
      delivery.ociVolume,
      { sourceUri: 'oci://r/m:7', artefactDigest: null },
      'declaredOnly',
    ],
    ['an init container with our step', delivery.checked, known, 'initStep'],
    [
      'our step without a digest to compare with',
      delivery.checked,
      { ...known, artefactDigest: null },
      'declaredOnly',
    ],
    ['an init container alone', delivery.loader, known, 'declaredOnly'],
    ['a storage URI', delivery.storageUri, known, 'declaredOnly'],
  ] as const)('%s', (_name, how, artefact, check) => {
    expect(byteCheck(how, artefact)).toBe(check);
  });
});

it('a policy refuses only what was declared, only when it says so, and says what to do', () => {
  const strict = { ...openPolicy, requiresCheckedBytes: true };
  expect(byteCheckRefusal(openPolicy, 'declaredOnly')).toBeNull();
  expect(byteCheckRefusal(strict, 'initStep')).toBeNull();
  expect(byteCheckRefusal(strict, 'imageDigest')).toBeNull();
  expect(byteCheckRefusal(strict, 'declaredOnly')).toMatchObject({
    code: 'bytesUnchecked',
    fix: expect.stringContaining('check image'),
  });
});
