import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { parseAllDocuments, stringify } from 'yaml';
import { buildLab } from './build.ts';
import type { Lab } from './lab.ts';
import { killProcess, startProcess, waitForPart } from './processes.ts';

const webhookPort = 9444;
const healthPort = 8111;
const namespace = 'kueue-system';

type KubernetesObject = Record<string, unknown> & { kind: string; metadata: { name: string } };
type Service = { path?: string };
type ClientConfig = { service?: Service; url?: string; caBundle?: string };

/** Kueue runs outside the cluster, so the API server calls its webhooks by address instead of by service. */
function byAddress(config: ClientConfig, caPem: string): ClientConfig {
  const path = config.service?.path ?? '/convert';
  return {
    url: `https://127.0.0.1:${webhookPort}${path}`,
    caBundle: Buffer.from(caPem).toString('base64'),
  };
}

function adapted(object: KubernetesObject, caPem: string): KubernetesObject {
  if (object.kind === 'CustomResourceDefinition') {
    const { spec } = object as unknown as {
      spec: { conversion?: { webhook?: { clientConfig?: ClientConfig } } };
    };
    const webhook = spec.conversion?.webhook;
    if (webhook?.clientConfig !== undefined) webhook.clientConfig = byAddress(webhook.clientConfig, caPem);
    return object;
  }
  const { webhooks = [] } = object as unknown as { webhooks?: { clientConfig: ClientConfig }[] };
  for (const webhook of webhooks) webhook.clientConfig = byAddress(webhook.clientConfig, caPem);
  return object;
}

const webhookKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** What its own chart installs, without what would run it in the cluster. */
async function objectsOf(lab: Lab, chart: string): Promise<KubernetesObject[]> {
  const rendered = await lab.helm(['template', 'kueue', chart, '--namespace', namespace]);
  return parseAllDocuments(rendered)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
    .filter(({ kind }) => kind === 'CustomResourceDefinition' || webhookKinds.includes(kind))
    .map((object) => adapted(object, lab.caPem));
}

function configuration(certificates: string): Record<string, unknown> {
  return {
    apiVersion: 'config.kueue.x-k8s.io/v1beta2',
    kind: 'Configuration',
    health: { healthProbeBindAddress: `127.0.0.1:${healthPort}` },
    metrics: { bindAddress: '0' },
    webhook: { host: '127.0.0.1', port: webhookPort, certDir: certificates },
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
    clientConnection: { qps: 300, burst: 500 },
    featureGates: { VisibilityOnDemand: false },
    integrations: { frameworks: ['batch/job', 'pod', 'deployment'] },
  };
}

async function isReady(): Promise<boolean> {
  const { statusCode, body } = await request(`http://127.0.0.1:${healthPort}/readyz`);
  await body.dump();
  return statusCode === 200;
}

/** Runs Kueue for one test file; `stop` takes its webhooks away first, because without it they would refuse every pod. */
export async function startKueue(lab: Lab): Promise<{ stop(): Promise<void> }> {
  const binaries = await buildLab();
  const place = join(lab.folder.data, 'kueue');
  mkdirSync(place, { recursive: true });
  for (const [from, to] of [
    ['server.crt', 'tls.crt'],
    ['server.key', 'tls.key'],
  ] as const)
    copyFileSync(join(lab.folder.certificates, from), join(place, to));
  const config = join(place, 'configuration.yaml');
  writeFileSync(config, stringify(configuration(place)));
  const objects = await objectsOf(lab, binaries.path('kueue-chart'));
  const webhooks = objects.filter(({ kind }) => webhookKinds.includes(kind));
  await lab.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await lab.apply(objects.filter(({ kind }) => kind === 'CustomResourceDefinition'));
  await lab.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  // It reads its metrics' certificate from a fixed path, which is bound in a mount namespace of its own.
  const script =
    'mkdir -p /etc/kueue/metrics/certs && mount --bind "$1" /etc/kueue/metrics/certs && shift && exec "$@"';
  const own = [binaries.path('kueue'), `--config=${config}`, `--kubeconfig=${lab.kubeconfigPath}`];
  const args = ['-m', 'sh', '-c', script, 'sh', place, ...own];
  const started = startProcess(lab.folder, { name: 'kueue', command: 'unshare', args });
  await waitForPart(started, 60_000, isReady);
  await lab.apply(webhooks);
  return {
    async stop() {
      for (const { kind, metadata } of webhooks)
        await lab.kubectl(['delete', kind, metadata.name, '--ignore-not-found']);
      await killProcess(started, 'SIGTERM');
    },
  };
}
