import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabBinaries } from './build.ts';
import type { LabFolder } from './folders.ts';
import type { ProcessPlan } from './processes.ts';

export const gatewayNamespace = 'fairlead-gateway';
export const gatewayName = 'gw';
export const gatewayUrl = 'http://127.0.0.1:8888';
export const envoyReadyUrl = 'http://127.0.0.1:19003/ready';

const systemNamespace = 'envoy-gateway-system';

function hostFolders(folder: LabFolder): Record<string, string> {
  const home = join(folder.data, 'envoy-gateway');
  return {
    configHome: join(home, 'config'),
    dataHome: join(home, 'data'),
    stateHome: join(home, 'state'),
    runtimeDir: join(home, 'run'),
  };
}

/** Lays out certificates, configuration and Envoy's binary, so that Envoy Gateway downloads nothing. */
export function prepareGateway(binaries: LabBinaries, folder: LabFolder): void {
  const host = hostFolders(folder);
  for (const path of Object.values(host)) mkdirSync(path, { recursive: true });
  const certgen = ['certgen', '--local', '--config-home', host.configHome ?? ''];
  const made = spawnSync(binaries.path('envoy-gateway'), certgen, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`envoy-gateway certgen: ${made.stderr}`);
  const versionFolder = join(host.dataHome ?? '', 'envoy-versions', binaries.envoyVersion, 'bin');
  mkdirSync(versionFolder, { recursive: true });
  copyFileSync(binaries.path('envoy'), join(versionFolder, 'envoy'));
  const config = {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyGateway',
    gateway: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
    logging: { level: { default: 'warn' } },
    provider: {
      type: 'Custom',
      custom: {
        resource: { type: 'Kubernetes', kubernetes: { leaderElection: { disable: true } } },
        infrastructure: { type: 'Host', host },
      },
    },
  };
  writeFileSync(join(folder.data, 'envoy-gateway.yaml'), stringify(config));
}

/** Envoy Gateway with Envoy as its child. */
export function gatewayPlan(binaries: LabBinaries, folder: LabFolder, kubeconfig: string): ProcessPlan {
  const certificates = join(hostFolders(folder).configHome ?? '', 'certs/envoy-gateway');
  // Its xDS server reads /certs whatever it is told, so that path is bound in a mount namespace of its own.
  const script = 'mkdir -p /certs && mount --bind "$1" /certs && exec "$2" server --config-path "$3"';
  const config = join(folder.data, 'envoy-gateway.yaml');
  return {
    name: 'envoy-gateway',
    command: 'unshare',
    args: ['-m', 'sh', '-c', script, 'sh', certificates, binaries.path('envoy-gateway'), config],
    env: { KUBECONFIG: kubeconfig, ENVOY_GATEWAY_NAMESPACE: systemNamespace },
  };
}

function secret(name: string, type: string, files: Record<string, string>): Record<string, unknown> {
  const data = Object.entries(files).map(([key, path]) => [key, readFileSync(path).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: systemNamespace },
    type,
    data: Object.fromEntries(data),
  };
}

function namespace(name: string): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** What must exist before Envoy Gateway starts, and the Gateway that every test's routes attach to. */
export function gatewayObjects(binaries: LabBinaries, folder: LabFolder): Record<string, unknown>[] {
  const certificates = join(hostFolders(folder).configHome ?? '', 'certs');
  const envoy = join(certificates, 'envoy');
  const parametersRef = {
    group: 'gateway.envoyproxy.io',
    kind: 'EnvoyProxy',
    name: 'lab',
    namespace: systemNamespace,
  };
  return [
    namespace(systemNamespace),
    namespace(gatewayNamespace),
    secret('envoy-oidc-hmac', 'Opaque', { 'hmac-secret': join(certificates, 'envoy-oidc-hmac/hmac-secret') }),
    secret('envoy', 'kubernetes.io/tls', {
      'tls.crt': join(envoy, 'tls.crt'),
      'tls.key': join(envoy, 'tls.key'),
      'ca.crt': join(envoy, 'ca.crt'),
    }),
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'EnvoyProxy',
      metadata: { name: 'lab', namespace: systemNamespace },
      spec: { provider: { type: 'Host', host: { envoyVersion: binaries.envoyVersion } } },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'lab' },
      spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller', parametersRef },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: gatewayName, namespace: gatewayNamespace },
      spec: {
        gatewayClassName: 'lab',
        listeners: [
          { name: 'http', protocol: 'HTTP', port: 8888, allowedRoutes: { namespaces: { from: 'All' } } },
        ],
      },
    },
  ];
}
