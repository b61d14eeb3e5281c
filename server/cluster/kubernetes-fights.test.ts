import { describe, expect, test } from 'vitest';
import { Fights } from './kubernetes-fights.ts';
import { contestOf, ownsField } from './kubernetes-managed-fields.ts';
import { annotation, type KubernetesObject, type ManagedFields } from './kubernetes-objects.ts';

const applied = {
  metadata: { labels: { 'fairlead.dev/service': 'fraud' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          {
            name: 'model',
            image: 'a',
            args: ['x'],
            ports: [{ containerPort: 9000 }],
            env: [{ name: 'A', value: '1' }],
          },
        ],
        finalizers: ['keep'],
      },
    },
  },
};
const container = (fields: object) => ({
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"model"}': fields } } } },
});
const ours = (fields: Record<string, unknown>): ManagedFields => ({
  manager: 'fairlead',
  operation: 'Apply',
  fieldsV1: fields,
});
const theirs = (fields: Record<string, unknown>, manager = 'rival', subresource?: string): ManagedFields => ({
  manager,
  operation: 'Update',
  ...(subresource === undefined ? {} : { subresource }),
  fieldsV1: fields,
});

function object(...managedFields: ManagedFields[]): KubernetesObject {
  return {
    kind: 'Deployment',
    metadata: {
      name: 'fraud-r1',
      uid: 'u',
      resourceVersion: '1',
      annotations: { [annotation.serviceId]: 'service', [annotation.applied]: JSON.stringify(applied) },
      managedFields,
    },
  };
}

describe('a contest', () => {
  test('is a field that we applied and another manager owns now, named as people write it', () => {
    const found = contestOf(
      object(
        ours({}),
        theirs(
          container({
            'f:image': {},
            'k:{"name":"x"}': {},
            'f:env': { 'k:{"name":"A"}': { 'f:value': {} } },
          }),
        ),
      ),
    );
    expect(found).toEqual({
      manager: 'rival',
      fields: [
        'spec.template.spec.containers[name=model].image',
        'spec.template.spec.containers[name=model].env[name=A].value',
      ],
    });
  });

  test('knows list elements by keys that we left to their default, and elements of sets', () => {
    const port = container({
      'f:ports': { 'k:{"containerPort":9000,"protocol":"TCP"}': { 'f:containerPort': {} } },
    });
    expect(contestOf(object(theirs(port)))?.fields).toEqual([
      'spec.template.spec.containers[name=model].ports[containerPort=9000,protocol=TCP].containerPort',
    ]);
    const set = { 'f:spec': { 'f:template': { 'f:spec': { 'f:finalizers': { 'v:"keep"': {} } } } } };
    expect(contestOf(object(theirs(set)))?.fields).toEqual(['spec.template.spec.finalizers["keep"]']);
  });

  test('is no field that is still ours too, that we never set, or that lies in the status', () => {
    const image = container({ 'f:image': {} });
    expect(contestOf(object(ours(image), theirs(image)))).toBeNull();
    expect(
      contestOf(object(theirs(container({ 'f:tty': {}, 'f:env': { 'k:{"name":"B"}': { 'f:value': {} } } })))),
    ).toBeNull();
    expect(contestOf(object(theirs({ 'f:metadata': { 'f:annotations': { 'f:team': {} } } })))).toBeNull();
    expect(contestOf(object(theirs(image, 'kube-controller-manager', 'status')))).toBeNull();
    expect(contestOf({ metadata: { name: 'a', uid: 'u', resourceVersion: '1' } })).toBeNull();
  });

  test('is a replica count scaled by hand, but only when the count is ours', () => {
    const scaled = theirs({ 'f:spec': { 'f:replicas': {} } }, 'kubectl', 'scale');
    expect(contestOf(object(scaled))?.fields).toEqual(['spec.replicas']);
    const auto = object(scaled);
    auto.metadata.annotations = { [annotation.applied]: JSON.stringify({ spec: {} }) };
    expect(contestOf(auto)).toBeNull();
  });

  test('tells whether the last apply owns a field', () => {
    const own = object(ours({ 'f:spec': { 'f:replicas': {} } }));
    expect(ownsField(own, ['f:spec', 'f:replicas'])).toBe(true);
    expect(ownsField(own, ['f:spec', 'f:paused'])).toBe(false);
    expect(ownsField(object(scaledBy('fairlead')), ['f:spec', 'f:replicas'])).toBe(false);
  });
});

function scaledBy(manager: string): ManagedFields {
  return theirs({ 'f:spec': { 'f:replicas': {} } }, manager, 'scale');
}

describe('a fight', () => {
  const image = container({ 'f:image': {} });
  const calm = object(ours(image));
  const taken = object(theirs(image));

  test('is three flips within ten minutes, and over ten minutes after the first of the last three', () => {
    let now = 0;
    const fights = new Fights(() => now);
    for (const minute of [0, 4]) {
      now = minute * 60_000;
      fights.see({ before: calm, after: taken });
      fights.see({ before: taken, after: calm });
    }
    expect(fights.of('service')).toBeNull();
    now = 9 * 60_000;
    fights.see({ before: calm, after: taken });
    const fields = ['spec.template.spec.containers[name=model].image'];
    expect(fights.of('service')).toEqual({ manager: 'rival', object: 'Deployment fraud-r1', fields });
    expect(fights.of('other')).toBeNull();
    now = 10 * 60_000 + 1;
    expect(fights.of('service')).toBeNull();
  });

  test('is not what one lasting change looks like in many events, nor a new object', () => {
    const fights = new Fights(() => 0);
    fights.see({ before: calm, after: taken });
    for (let event = 0; event < 5; event += 1) fights.see({ before: taken, after: taken });
    for (let event = 0; event < 5; event += 1) fights.see({ before: null, after: taken });
    const other = { ...taken, metadata: { ...taken.metadata, uid: 'new' } };
    for (let event = 0; event < 5; event += 1) fights.see({ before: calm, after: other });
    expect(fights.of('service')).toBeNull();
  });
});
