import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { type ApiClient, apiClient } from './api-client.ts';
import { buildLab, type LabBinaries } from './build.ts';
import { createCertificates } from './certificates.ts';
import {
  apiServerPlan,
  controllerPlans,
  createCredentials,
  etcdPlan,
  type LabCredentials,
} from './control-plane.ts';
import { type LabFolder, labFolder, stateVariable } from './folders.ts';
import { envoyReadyUrl, gatewayObjects, gatewayPlan, prepareGateway } from './gateway.ts';
import { gpuNode, kwokPlan } from './kwok.ts';
import { apiIsReady, attachLab, type Lab } from './lab.ts';
import { ownNetwork } from './network.ts';
import { killProcess, readState, startProcess, startTicksOf, waitForPart, writeState } from './processes.ts';
import { modelPort, prometheusPlan, prometheusUrl, stateMetricsPlan, stateMetricsUrl } from './prometheus.ts';

export interface LabOptions {
  /** GPU nodes, 3 unless said otherwise. */
  nodes?: number;
  /** GPUs of each, 4 unless said otherwise. */
  gpusPerNode?: number;
}

/** A lab that this process started and has to stop. */
export interface StartedLab extends Lab {
  /** Ends every part by its pid and removes its data; the logs stay when `keepLogs`. */
  stop(keepLogs?: boolean): Promise<void>;
}

function createFolder(name: string, binaries: LabBinaries): LabFolder {
  const folder = labFolder(name);
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  writeState(folder.state, {
    name,
    ownerPid: process.pid,
    ownerStartTicks: startTicksOf(process.pid) ?? '0',
    tools: { kubectl: binaries.path('kubectl'), helm: binaries.path('helm') },
    processes: [],
  });
  for (const path of [folder.logs, folder.data, folder.models]) mkdirSync(path, { recursive: true });
  return folder;
}

async function answers(url: string): Promise<boolean> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode === 200;
}

async function startControlPlane(
  binaries: LabBinaries,
  folder: LabFolder,
): Promise<{ api: ApiClient; credentials: LabCredentials }> {
  const certificates = createCertificates(folder.certificates);
  const credentials = createCredentials(folder, certificates.caPem);
  const api = apiClient(folder.kubeconfig);
  const etcd = startProcess(folder, etcdPlan(binaries, folder));
  await waitForPart(etcd, 30_000, () => answers('http://127.0.0.1:2379/health'));
  const { tokenFile } = credentials;
  const server = startProcess(folder, apiServerPlan(binaries, folder, { certificates, tokenFile }));
  // Its start takes seconds; what does not need it is prepared meanwhile.
  prepareGateway(binaries, folder);
  await waitForPart(server, 60_000, () => apiIsReady(api));
  for (const plan of controllerPlans(binaries, certificates, credentials)) startProcess(folder, plan);
  return { api, credentials };
}

async function startNodes(
  {
    binaries,
    folder,
    credentials,
  }: { binaries: LabBinaries; folder: LabFolder; credentials: LabCredentials },
  api: ApiClient,
  { nodes = 3, gpusPerNode = 4 }: LabOptions,
): Promise<void> {
  startProcess(folder, kwokPlan(binaries, folder, credentials.kubeconfig.kwok));
  for (let number = 1; number <= nodes; number += 1) {
    const { status, body } = await api.request(
      'POST',
      '/api/v1/nodes',
      gpuNode(`gpu-${number}`, gpusPerNode),
    );
    if (status !== 201) throw new Error(`creating a node answered ${status}: ${JSON.stringify(body)}`);
  }
}

function modelServerPlan(folder: LabFolder, kubeconfig: string): Parameters<typeof startProcess>[1] {
  const script = join(import.meta.dirname, 'model-server.ts');
  const args = [script, `--kubeconfig=${kubeconfig}`, `--models=${folder.models}`];
  return { name: 'model-server', command: process.execPath, args };
}

function crdFiles(folder: string): string[] {
  const names = readdirSync(folder).filter(
    (name) => name.includes('.k8s.io_') || name.includes('envoyproxy'),
  );
  return names.map((name) => `--filename=${join(folder, name)}`);
}

async function startGateway(binaries: LabBinaries, folder: LabFolder, kubeconfig: string): Promise<void> {
  const lab = attachLab(folder.path.split('/').at(-1) ?? '');
  const files = [...crdFiles(binaries.gatewayApiCrds), ...crdFiles(binaries.envoyGatewayCrds)];
  await lab.kubectl(['apply', '--server-side', '--field-manager=lab', ...files]);
  await lab.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  await lab.apply(gatewayObjects(binaries, folder));
  const started = startProcess(folder, gatewayPlan(binaries, folder, kubeconfig));
  await waitForPart(started, 60_000, () => answers(envoyReadyUrl));
}

async function stopParts(folder: LabFolder, keepLogs: boolean): Promise<void> {
  const parts = readState(folder.state)?.processes ?? [];
  // Clients first, so that none logs the end of what it talks to; the API server and etcd last.
  for (const part of parts.toReversed())
    await killProcess(part, part.name === 'etcd' ? 'SIGKILL' : 'SIGTERM');
  rmSync(keepLogs ? folder.data : folder.path, { recursive: true, force: true });
  if (keepLogs) rmSync(folder.state, { force: true });
}

/** Starts every part inside the network this process lives in and resolves when requests can flow. */
export async function startLab(options: LabOptions = {}): Promise<StartedLab> {
  const name = ownNetwork();
  if (name === null) throw new Error('A lab starts inside its own network: begin with runInNetwork.');
  const binaries = await buildLab();
  const startedAt = Date.now();
  const folder = createFolder(name, binaries);
  try {
    const { api, credentials } = await startControlPlane(binaries, folder);
    const { kubeconfig } = credentials;
    const modelServer = startProcess(folder, modelServerPlan(folder, kubeconfig['model-server']));
    const prometheus = startProcess(folder, prometheusPlan(binaries, folder, kubeconfig.prometheus));
    const stateMetrics = startProcess(folder, stateMetricsPlan(binaries, kubeconfig['kube-state-metrics']));
    await Promise.all([
      startNodes({ binaries, folder, credentials }, api, options),
      startGateway(binaries, folder, kubeconfig['envoy-gateway']),
      waitForPart(stateMetrics, 30_000, () => answers(`${stateMetricsUrl}/healthz`)),
      waitForPart(prometheus, 60_000, () => answers(`${prometheusUrl}/-/ready`)),
      waitForPart(
        modelServer,
        30_000,
        async () => (await request(`http://127.0.0.1:${modelPort}/`)).statusCode > 0,
      ),
    ]);
  } catch (error) {
    await stopParts(folder, true);
    throw error;
  }
  console.log(`lab: ${name} started in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  process.env[stateVariable] = name;
  return { ...attachLab(name), stop: (keepLogs = false) => stopParts(folder, keepLogs) };
}

/** The lab that the runner of this test file started; a file run alone has none. */
export function sharedLab(): Lab {
  const name = process.env[stateVariable];
  if (name === undefined) throw new Error('This test needs a lab: npm run test:lab [file]');
  return attachLab(name);
}
