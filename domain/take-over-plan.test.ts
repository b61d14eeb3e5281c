import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Adoption } from './adoption.ts';
import { managerSteps, planRefusal } from './take-over-plan.ts';

const routes = [{ name: 'scores', uid: 'u', rules: [] }];
const manager = (kind: Adoption['manager']['kind'], name: string | null, detail: string | null = null) => ({
  kind,
  name,
  detail,
});

describe('what the present manager must be told', () => {
  it('gives Argo CD a valid piece of its Application that names the route and only its backends', () => {
    const [step] = managerSteps(manager('argocd', 'risk'), routes);
    expect(parse(step?.snippet ?? '')).toEqual({
      spec: {
        ignoreDifferences: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'HTTPRoute',
            name: 'scores',
            jqPathExpressions: ['.spec.rules[]?.backendRefs'],
          },
        ],
        syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
      },
    });
  });

  it.each<[string, Adoption['manager'], RegExp | null]>([
    ['a Helm release', manager('helm', 'models'), /annotate httproute scores helm\.sh/],
    [
      'a Flux HelmRelease',
      manager('flux', 'models', 'label helm.toolkit.fluxcd.io/name'),
      /^flux suspend helmrelease models$/,
    ],
    [
      'a Flux Kustomization',
      manager('flux', 'apps', 'label kustomize.toolkit.fluxcd.io/name'),
      /httproute scores kustomize\.toolkit\.fluxcd\.io\/ssa=IfNotPresent/,
    ],
    ['a person', manager('kubectl', 'kubectl-edit'), null],
  ])('has a step for %s', (_, of, snippet) => {
    const [step, ...more] = managerSteps(of, routes);
    expect(more).toEqual([]);
    if (snippet === null) expect(step?.snippet).toBeNull();
    else expect(step?.snippet).toMatch(snippet);
  });

  it('says nothing about what nobody keeps writing', () => {
    expect(managerSteps(manager('none', null), routes)).toEqual([]);
  });
});

describe('planning a take over', () => {
  const adoption = (kind: Adoption['workload']['kind']): Adoption => ({
    schema: 1,
    workload: { apiVersion: 'v1', kind, name: 'old', uid: 'u' },
    container: 'model',
    selector: {},
    manager: manager('none', null),
    services: [],
    route: null,
    routeSentence: null,
    modelId: 'm',
  });
  it.each<[string, Parameters<typeof planRefusal>[0], string | null]>([
    ['a managed service', { mode: 'managed', adoption: null, hasStable: true }, 'wrongState'],
    ['a Rollout', { mode: 'watched', adoption: adoption('Rollout'), hasStable: true }, 'wrongState'],
    [
      'pods of several digests',
      { mode: 'watched', adoption: adoption('Deployment'), hasStable: false },
      'revisionNotReady',
    ],
    ['a Deployment', { mode: 'watched', adoption: adoption('Deployment'), hasStable: true }, null],
  ])('is refused or not for %s', (_, service, code) => {
    expect(planRefusal(service)?.code ?? null).toBe(code);
  });
});
