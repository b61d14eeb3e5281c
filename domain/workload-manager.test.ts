import { expect, test } from 'vitest';
import { managerOf, managerText } from './workload-manager.ts';

const helm = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': 'fraud' },
};
const none = { labels: {}, annotations: {}, fieldManagers: [] as string[] };

test.each([
  [{ ...none, ...helm }, 'helm', 'fraud'],
  [{ ...none, labels: helm.labels }, 'helm', null],
  [
    { ...none, annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:x/y' } },
    'argocd',
    'shop',
  ],
  [{ ...none, labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'argocd', 'shop'],
  [{ ...none, labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'flux', 'apps'],
  [{ ...none, labels: { 'helm.toolkit.fluxcd.io/name': 'release' } }, 'flux', 'release'],
  [{ ...none, fieldManagers: ['kube-controller-manager', 'argocd-controller'] }, 'argocd', null],
  [{ ...none, fieldManagers: ['kustomize-controller', 'kubectl-edit'] }, 'flux', null],
  [
    { ...none, fieldManagers: ['kubectl-client-side-apply', 'kube-controller-manager'] },
    'kubectl',
    'kubectl-client-side-apply',
  ],
  [{ ...none, fieldManagers: ['kube-controller-manager'] }, 'none', null],
  [none, 'none', null],
])('%j is managed by %s', (marks, kind, name) => {
  expect(managerOf(marks)).toMatchObject({ kind, name });
});

test('a GitOps tool that renders a chart comes before Helm, because it would undo a change', () => {
  expect(
    managerOf({ ...none, ...helm, labels: { ...helm.labels, 'helm.toolkit.fluxcd.io/name': 'x' } }).kind,
  ).toBe('flux');
  expect(
    managerOf({ ...none, ...helm, labels: { ...helm.labels, 'argocd.argoproj.io/instance': 'x' } }).kind,
  ).toBe('argocd');
});

test('a manager is named in words', () => {
  expect(managerText(managerOf({ ...none, ...helm }))).toBe('Helm release "fraud"');
  expect(managerText(managerOf(none))).toBe('nobody known');
});
