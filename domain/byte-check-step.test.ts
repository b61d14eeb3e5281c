import { describe, expect, it } from 'vitest';
import { resolvedPodTemplate } from './pod-template.ts';
import { type ArtefactDelivery, type ServiceSpec, serviceSpecSchema } from './service-spec.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = (name: string) => `registry.example/${name}@${digest}`;
const version = { sourceUri: 's3://models/churn/7', artefactDigest: digest, servingImage: image('serve') };
const spec = (artefact: ArtefactDelivery, pod: object = {}): ServiceSpec =>
  serviceSpecSchema.parse({
    schema: 1,
    podTemplate: {
      spec: {
        containers: [
          { name: 'server', image: image('old') },
          { name: 'sidecar', image: image('sidecar') },
        ],
        ...pod,
      },
    },
    servingContainer: 'server',
    port: 8080,
    artefact,
  });
const checked = {
  kind: 'initContainer',
  image: image('loader'),
  mountPath: '/models',
  checkImage: image('fairlead'),
} as const;

describe('our init step', () => {
  it('runs after every other init container, reads the volume and cannot write to it, and says in the pod why it fails', () => {
    const first = { name: 'prepare', image: image('prepare') };
    const {
      initContainers = [],
      containers,
      volumes,
    } = resolvedPodTemplate(spec(checked, { initContainers: [first] }), version).spec;
    expect(initContainers.map(({ name }) => name)).toEqual(['prepare', 'load-model', 'check-model']);
    expect(initContainers[2]).toMatchObject({
      image: checked.checkImage,
      command: ['node', '/app/server/cli/fairlead.mjs', 'digest', '/models', '--verify', digest],
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [{ name: 'model', mountPath: '/models', readOnly: true }],
    });
    expect(volumes).toEqual([{ name: 'model', emptyDir: {} }]);
    expect(containers[0]?.volumeMounts).toEqual([{ name: 'model', mountPath: '/models', readOnly: true }]);
  });

  it('is not there without a check image, nor without a digest to compare with', () => {
    const { checkImage: _none, ...loader } = checked;
    const names = (delivery: ArtefactDelivery, artefactDigest: string | null) =>
      resolvedPodTemplate(spec(delivery), { ...version, artefactDigest }).spec.initContainers?.map(
        ({ name }) => name,
      );
    expect(names(loader, digest)).toEqual(['load-model']);
    expect(names(checked, null)).toEqual(['load-model']);
  });

  it.each([
    [
      'another container mounts what is checked',
      {
        containers: [
          { name: 'server', image: image('old') },
          { name: 'other', image: image('x'), volumeMounts: [{ name: 'model', mountPath: '/m' }] },
        ],
      },
    ],
    [
      'an init container mounts what is checked',
      { initContainers: [{ name: 'x', volumeMounts: [{ name: 'model', mountPath: '/m' }] }] },
    ],
    ['the template has a volume of its name', { volumes: [{ name: 'model', hostPath: { path: '/' } }] }],
  ])('is refused in a sentence when %s', (_name, pod) => {
    expect(() => spec(checked, pod)).toThrow(/The volume \\"model\\" holds what is checked/);
    const { checkImage: _none, ...loader } = checked;
    expect(spec(loader, pod).artefact.kind).toBe('initContainer');
  });
});
