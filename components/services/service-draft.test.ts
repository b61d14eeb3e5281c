import { describe, expect, test } from 'vitest';
import { podTemplateSchema, serviceSpecSchema } from '../../domain/service-spec.ts';
import { type ContainerDraft, emptyContainer } from './container-draft.ts';
import { podTemplateOfDraft } from './pod-template-of-draft.ts';
import { emptyService, type ServiceDraft, serviceOfDraft } from './service-draft.ts';

const environmentId = '01a20b7f-adea-741c-9bcd-bce1a110adda';
const full: ContainerDraft = {
  ...emptyContainer,
  image: ' registry.example.com/fraud@sha256:00 ',
  args: '--workers=2\n\n--log=json',
  gpuCount: '2',
  env: [
    { key: 0, name: 'LEVEL', source: 'value', value: 'info', refName: '', refKey: '' },
    { key: 1, name: 'TOKEN', source: 'secret', value: '', refName: 'store', refKey: 'token' },
    { key: 2, name: 'TABLE', source: 'configMap', value: '', refName: 'tables', refKey: 'main' },
  ],
  volumes: [
    { key: 0, name: 'cache', kind: 'emptyDir', refName: '', mountPath: '/cache', readOnly: false },
    { key: 1, name: 'keys', kind: 'secret', refName: 'tls', mountPath: '/keys', readOnly: true },
  ],
  serviceAccountName: 'fraud',
  imagePullSecrets: 'one, two',
  nodeSelector: 'nvidia.com/gpu.product=NVIDIA-L4\nzone: a',
  tolerations: [{ key: 0, taint: 'nvidia.com/gpu', value: '', effect: 'NoSchedule' }],
};

function draft(change: Partial<ServiceDraft> = {}): ServiceDraft {
  return { ...emptyService(environmentId, ''), name: 'fraud-detector', container: full, ...change };
}

describe('the form', () => {
  test('makes the pod template that it shows', () => {
    const template = podTemplateOfDraft(full);
    expect(podTemplateSchema.safeParse(template).success).toBe(true);
    expect(template.spec.containers[0]).toEqual({
      name: 'model',
      image: 'registry.example.com/fraud@sha256:00',
      args: ['--workers=2', '--log=json'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [
        { name: 'LEVEL', value: 'info' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'store', key: 'token' } } },
        { name: 'TABLE', valueFrom: { configMapKeyRef: { name: 'tables', key: 'main' } } },
      ],
      resources: {
        requests: { cpu: '500m', memory: '1Gi' },
        limits: { memory: '2Gi', 'nvidia.com/gpu': '2' },
      },
      readinessProbe: { httpGet: { path: '/v2/health/ready', port: 8080 } },
      volumeMounts: [
        { name: 'cache', mountPath: '/cache' },
        { name: 'keys', mountPath: '/keys', readOnly: true },
      ],
    });
    expect(template.spec).toMatchObject({
      serviceAccountName: 'fraud',
      imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
      nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-L4', zone: 'a' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      volumes: [
        { name: 'cache', emptyDir: {} },
        { name: 'keys', secret: { secretName: 'tls' } },
      ],
    });
  });

  test('leaves out what was left empty', () => {
    const template = podTemplateOfDraft({ ...emptyContainer, image: 'x' });
    expect(Object.keys(template.spec)).toEqual(['containers']);
    expect(template.spec.containers[0]).not.toHaveProperty('env');
    expect(template.spec.containers[0]).not.toHaveProperty('livenessProbe');
  });

  test('gives a spec that the server takes', () => {
    const found = serviceOfDraft(draft());
    if ('problems' in found) throw new Error(JSON.stringify(found.problems));
    expect(serviceSpecSchema.safeParse(found.input.spec).success).toBe(true);
    expect(found.input).toMatchObject({ name: 'fraud-detector', ownerUserId: null, runbookUrl: null });
  });

  test.each([
    ['name', { name: 'Fraud Detector' }],
    ['environmentId', { environmentId: '' }],
    ['image', { container: { ...full, image: ' ' } }],
    ['spec', { container: { ...full, port: 'http' } }],
    ['spec', { way: 'yaml' }],
    [
      'artefact',
      { artefact: { kind: 'storageUri', mountPath: '', image: '', envName: 'lower', checkImage: '' } },
    ],
    ['route', { route: { hostnames: 'a.example.com', pathPrefix: 'fraud' } }],
  ] as const)('says that its %s is wrong', (part, change) => {
    const found = serviceOfDraft(draft(change as Partial<ServiceDraft>));
    expect('problems' in found && Object.keys(found.problems)).toEqual([part]);
  });
});

describe('the YAML way', () => {
  test('sends the text as it is and only what was named beside it', () => {
    const yaml = { text: 'spec: {}', servingContainer: '', port: '9000' };
    const found = serviceOfDraft(draft({ way: 'yaml', yaml }));
    expect('input' in found && found.input.spec).toEqual({
      yaml: 'spec: {}',
      port: 9_000,
      artefact: { kind: 'inImage' },
    });
  });
});
