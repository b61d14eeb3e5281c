import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { clusterManifest } from './cluster-manifest.ts';
import { type NamespaceAccess, watchRights } from './cluster-rights.ts';

const objectSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  rules: z
    .array(z.object({ verbs: z.array(z.string()), resources: z.array(z.string()) }).loose())
    .default([]),
});

function objects(namespaces: readonly NamespaceAccess[], logs = false) {
  const text = clusterManifest({ home: 'fairlead', namespaces, logs });
  return parseAllDocuments(text).map((document) => objectSchema.parse(document.toJS()));
}

const named = (all: ReturnType<typeof objects>) =>
  all.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);

describe('the manifest of a cluster', () => {
  it('for watching can change nothing but the own token, and makes no namespace of others', () => {
    const all = objects([{ name: 'fraud', access: 'watch' }]);
    expect(named(all)).toEqual([
      'Namespace /fairlead',
      'ServiceAccount fairlead/fairlead',
      'ClusterRole /fairlead-fairlead',
      'ClusterRoleBinding /fairlead-fairlead',
      'Role fairlead/fairlead-token',
      'RoleBinding fairlead/fairlead-token',
      'Role fraud/fairlead-watch',
      'RoleBinding fraud/fairlead-watch',
    ]);
    const rules = all.flatMap((object) => object.rules);
    const writing = rules.filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    );
    expect(writing).toEqual([
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['fairlead'],
        verbs: ['create'],
      },
    ]);
  });

  it('for managing adds the write verbs in that namespace only', () => {
    const all = objects([
      { name: 'fraud', access: 'watch' },
      { name: 'serving', access: 'manage' },
    ]);
    const writing = all.filter(({ metadata }) => metadata.name === 'fairlead-manage');
    expect(named(writing)).toEqual(['Role serving/fairlead-manage', 'RoleBinding serving/fairlead-manage']);
    expect(named(all)).toContain('Namespace /serving');
    expect(named(all)).not.toContain('Namespace /fraud');
  });

  it('names no wildcard, no secret and no exec', () => {
    const all = objects([{ name: 'serving', access: 'manage' }], true);
    for (const { verbs, resources } of all.flatMap((object) => object.rules)) {
      expect([...verbs, ...resources]).not.toContain('*');
      expect(resources.some((resource) => /secrets|exec|attach|portforward/.test(resource))).toBe(false);
    }
  });

  it('grants the reads of metering for the whole cluster only when they are asked for, and only reads', () => {
    const of = (metering: boolean) => {
      const text = clusterManifest({ home: 'fairlead', namespaces: [], logs: false, metering });
      return parseAllDocuments(text).map((document) => objectSchema.parse(document.toJS()));
    };
    expect(named(of(false))).not.toContain('ClusterRole /fairlead-fairlead-metering');
    const role = of(true).find(({ metadata }) => metadata.name === 'fairlead-fairlead-metering');
    expect(role?.kind).toBe('ClusterRole');
    expect(role?.rules.flatMap(({ resources }) => resources)).toEqual([
      'nodes',
      'pods',
      'resourcequotas',
      'limitranges',
      'resourceslices',
      'resourceclaims',
      'resourceclaimtemplates',
      'deviceclasses',
      'clusterqueues',
      'localqueues',
      'nodepools',
    ]);
    expect(new Set(role?.rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  });

  it('grants the quota of a freeze only with metering, and only in namespaces that are managed', () => {
    const namespaces: NamespaceAccess[] = [
      { name: 'fraud', access: 'watch' },
      { name: 'serving', access: 'manage' },
    ];
    const freezing = (metering: boolean) =>
      parseAllDocuments(clusterManifest({ home: 'fairlead', namespaces, logs: false, metering }))
        .map((document) => objectSchema.parse(document.toJS()))
        .filter(({ metadata }) => metadata.name === 'fairlead-freeze');
    expect(named(freezing(true))).toEqual([
      'Role serving/fairlead-freeze',
      'RoleBinding serving/fairlead-freeze',
    ]);
    expect(freezing(true)[0]?.rules).toMatchObject([
      { resources: ['resourcequotas'], verbs: ['get', 'create', 'patch', 'delete'] },
    ]);
    expect(freezing(false)).toEqual([]);
  });

  it('grants logs only when they are asked for', () => {
    const granted = (logs: boolean) =>
      objects([{ name: 'fraud', access: 'watch' }], logs)
        .flatMap(({ rules }) => rules)
        .flatMap(({ resources }) => resources)
        .includes('pods/log');
    expect([granted(false), granted(true)]).toEqual([false, true]);
    expect(watchRights.map(({ resource }) => resource)).not.toContain('pods/log');
  });
});
