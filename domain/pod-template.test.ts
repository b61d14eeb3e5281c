import { describe, expect, it } from 'vitest';
import { resolvedPodTemplate } from './pod-template.ts';
import type { ArtefactDelivery, ServiceSpec } from './service-spec.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = `registry.example/serve@sha256:${'b'.repeat(64)}`;
const artefact = { sourceUri: 's3://models/fraud/7', artefactDigest: digest, servingImage: image };

function specWith(delivery: ArtefactDelivery): ServiceSpec {
  return {
    schema: 1,
    servingContainer: 'server',
    port: 8080,
    artefact: delivery,
    podTemplate: {
      metadata: { annotations: { team: 'risk' } },
      spec: {
        containers: [
          { name: 'server', image: 'registry.example/serve:old', env: [{ name: 'MODEL_URI', value: 'old' }] },
          { name: 'sidecar', image: 'registry.example/sidecar:1' },
        ],
        initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1' }],
        volumes: [{ name: 'cache', emptyDir: {} }],
        priorityClassName: 'high',
      },
    },
  };
}

const resolved = (delivery: ArtefactDelivery, change: Partial<typeof artefact> = {}) =>
  resolvedPodTemplate(specWith(delivery), { ...artefact, ...change }).spec as Record<string, unknown> & {
    containers: Record<string, unknown>[];
  };

describe('the artefact of a version', () => {
  it('that lies in the image changes nothing but the image of the serving container', () => {
    const spec = specWith({ kind: 'inImage' });
    const before = structuredClone(spec);
    const { containers, ...rest } = resolvedPodTemplate(spec, artefact).spec;
    const { containers: found, ...others } = before.podTemplate.spec;
    expect(containers).toEqual([{ ...found[0], image }, found[1]]);
    expect(rest).toEqual(others);
    expect(resolvedPodTemplate(spec, artefact).metadata).toEqual(before.podTemplate.metadata);
    expect(spec).toEqual(before);
    const kept = resolvedPodTemplate(spec, { ...artefact, servingImage: null }).spec.containers[0]?.image;
    expect(kept).toBe('registry.example/serve:old');
  });

  it('at a storage URI is named with its digest in the variables of the serving container, in place of an older one', () => {
    const { containers } = resolved({ kind: 'storageUri', envName: 'MODEL_URI' });
    expect(containers[0]?.['env']).toEqual([
      { name: 'MODEL_URI', value: 's3://models/fraud/7' },
      { name: 'MODEL_ARTEFACT_DIGEST', value: digest },
    ]);
    expect(containers[1]).not.toHaveProperty('env');
  });

  it.each([
    [
      'a tag',
      'oci://registry.example:5000/models/fraud:7',
      digest,
      `registry.example:5000/models/fraud@${digest}`,
    ],
    [
      'no tag',
      'oci://registry.example:5000/models/fraud',
      digest,
      `registry.example:5000/models/fraud@${digest}`,
    ],
    [
      'another digest',
      `registry.example/fraud@sha256:${'c'.repeat(64)}`,
      digest,
      `registry.example/fraud@${digest}`,
    ],
    ['a tag and no digest known', 'oci://registry.example/fraud:7', null, 'registry.example/fraud:7'],
  ])(
    'in an OCI volume given by %s is pulled by the digest that was approved',
    (_, sourceUri, known, reference) => {
      const delivery: ArtefactDelivery = { kind: 'ociVolume', mountPath: '/models' };
      const { volumes, containers } = resolved(delivery, { sourceUri, artefactDigest: known as string });
      expect(volumes).toEqual([
        { name: 'cache', emptyDir: {} },
        { name: 'model', image: { reference, pullPolicy: 'IfNotPresent' } },
      ]);
      expect(containers[0]?.['volumeMounts']).toEqual([
        { name: 'model', mountPath: '/models', readOnly: true },
      ]);
    },
  );

  it('is loaded by an init container after those that are there, into a volume that the serving container only reads', () => {
    const loader = 'registry.example/load:1';
    const { volumes, containers, initContainers } = resolved({
      kind: 'initContainer',
      image: loader,
      mountPath: '/models',
    });
    expect(initContainers).toEqual([
      { name: 'migrate', image: 'registry.example/migrate:1' },
      {
        name: 'load-model',
        image: loader,
        env: [
          { name: 'MODEL_SOURCE_URI', value: 's3://models/fraud/7' },
          { name: 'MODEL_ARTEFACT_DIGEST', value: digest },
        ],
        volumeMounts: [{ name: 'model', mountPath: '/models' }],
      },
    ]);
    expect(volumes).toEqual([
      { name: 'cache', emptyDir: {} },
      { name: 'model', emptyDir: {} },
    ]);
    expect(containers[0]?.['volumeMounts']).toEqual([
      { name: 'model', mountPath: '/models', readOnly: true },
    ]);
    expect(containers[1]).not.toHaveProperty('volumeMounts');
  });
});
