import { describe, expect, test } from 'vitest';
import { exampleWorkload } from './example-workload.ts';
import { foreignChangeText, ownedFields } from './foreign-change.ts';
import { changesByOthers } from './watched-change.ts';
import { specOfWorkload, type Workload } from './workload.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const first = exampleWorkload('fraud', digest('a'));
const next = exampleWorkload('fraud', digest('b'));
const specOf = (workload: Workload) => {
  const spec = specOfWorkload(workload);
  if (spec === null) throw new Error('The example has a template.');
  return spec;
};
const before = { spec: specOf(first), desiredReplicas: 2 };

describe('the record of field owners', () => {
  test('gives the paths of its leaves, list elements by their names', () => {
    const fields = {
      'f:spec': {
        'f:replicas': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"model"}': {
                '.': {},
                'f:image': {},
                'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:value': {} } },
                'f:ports': { 'k:{"containerPort":9000,"protocol":"TCP"}': { 'f:containerPort': {} } },
              },
            },
          },
        },
      },
    };
    expect(ownedFields(fields)).toEqual([
      'spec.replicas',
      'spec.template.spec.containers[model].image',
      'spec.template.spec.containers[model].env[A].value',
      'spec.template.spec.containers[model].ports',
    ]);
    expect(ownedFields(undefined)).toEqual([]);
  });
});

describe('a change by others', () => {
  test('is told with its manager, its field and its time', () => {
    const said = changesByOthers(before, next).map(foreignChangeText);
    expect(said).toEqual([
      `kubectl-set (Update) changed spec.template.spec.containers[model].image from registry.example/fraud@${digest('a')} to registry.example/fraud@${digest('b')} at 2026-03-01T10:00:00Z`,
    ]);
  });

  test('goes to the owner that wrote last, and to nobody when no owner is recorded', () => {
    const [owner] = next.owners;
    if (owner === undefined) throw new Error('The example has an owner.');
    const owners = [owner, { ...owner, manager: 'helm', at: '2026-03-01T11:00:00Z' }];
    expect(changesByOthers(before, { ...next, owners })[0]?.manager).toBe('helm');
    expect(changesByOthers(before, { ...next, owners: [] })[0]?.manager).toBeNull();
  });

  test('never shows the value of a variable, an argument or an annotation', () => {
    const [container] = specOf(first).podTemplate.spec.containers;
    if (container === undefined) throw new Error('The example has a container.');
    const changed = { ...container, env: [{ name: 'PASSWORD', value: 'hunter2' }], args: ['--key=hunter2'] };
    const workload = { ...first, podTemplate: { ...first.podTemplate, spec: { containers: [changed] } } };
    const text = changesByOthers(before, workload).map(foreignChangeText).join(' ');
    expect(text).toContain('env[PASSWORD].value');
    expect(text).not.toContain('hunter2');
  });

  test('of the count is news unless an autoscaler made it', () => {
    const scaledBy = (manager: string) => ({
      ...first,
      desiredReplicas: 0,
      owners: [{ manager, operation: 'Update', subresource: 'scale', at: null, fields: ['spec.replicas'] }],
    });
    expect(changesByOthers(before, scaledBy('kubectl')).map(foreignChangeText)).toEqual([
      'kubectl (Update) changed spec.replicas from 2 to 0',
    ]);
    expect(changesByOthers(before, scaledBy('kube-controller-manager'))).toEqual([]);
    expect(changesByOthers({ ...before, desiredReplicas: null }, scaledBy('kubectl'))).toEqual([]);
  });

  test('is none when nothing differs', () => {
    expect(changesByOthers(before, first)).toEqual([]);
  });
});
