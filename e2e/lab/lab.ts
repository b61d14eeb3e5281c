import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { request } from 'undici';
import * as z from 'zod';
import { type ApiClient, apiClient } from './api-client.ts';
import { type LabFolder, labFolder } from './folders.ts';
import { gatewayName, gatewayNamespace, gatewayUrl } from './gateway.ts';
import { killProcess, type LabProcess, readState, startProcess, waitForPart } from './processes.ts';
import { prometheusUrl } from './prometheus.ts';
import { saveModel, type TrainedModel, type TrainingPlan } from './train-model.ts';

const auditSchema = z.object({
  verb: z.string(),
  requestURI: z.string(),
  /** Nobody where the API server could not tell who asked: it refused them with 401. */
  user: z.object({ username: z.string().default('') }),
  userAgent: z.string().optional(),
  objectRef: z
    .object({
      resource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
  stage: z.string(),
  stageTimestamp: z.string(),
});

/** One write as the API server itself recorded it. */
type AuditEntry = z.infer<typeof auditSchema>;

const vectorSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** A running lab, seen from a process inside its network. */
export interface Lab {
  name: string;
  folder: LabFolder;
  serverUrl: string;
  caPem: string;
  adminToken: string;
  kubeconfigPath: string;
  prometheusUrl: string;
  /** Envoy's listener; routes are told apart by their Host header. */
  gatewayUrl: string;
  gateway: { name: string; namespace: string };
  auditLogPath: string;
  /** The API server without the product's adapter in between. */
  api: ApiClient;
  kubectl(args: string[], input?: string): Promise<string>;
  helm(args: string[]): Promise<string>;
  /** Server-side apply by the field manager `lab`. */
  apply(objects: Record<string, unknown>[]): Promise<void>;
  /** A fresh namespace whose name starts with `prefix`. */
  createNamespace(prefix: string): Promise<string>;
  /** Removes it without waiting for its content to be gone. */
  deleteNamespace(name: string): Promise<void>;
  /** An instant query; empty when there is no such series. */
  query(promql: string): Promise<Sample[]>;
  /** Every write since the lab began, oldest first. */
  auditEntries(): AuditEntry[];
  /** Trains and stores an artefact that pods ask for with MODEL_URI and MODEL_DIGEST. */
  trainModel(plan: TrainingPlan): TrainedModel & { uri: string };
  /** SIGKILL: clients see their connections break. */
  killApiServer(): Promise<void>;
  /** Starts it again on the same data and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** A process inside the lab's network, wherever this one is. */
  spawnInside(command: string, args: string[], env?: Record<string, string>): ChildProcess;
}

function runTool(path: string, args: string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(path, args, { maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${path} ${args.join(' ')}: ${stderr.trim()}`));
    });
    child.stdin?.end(input ?? '');
  });
}

/** Whether the API server says that it is ready. */
export async function apiIsReady(api: ApiClient): Promise<boolean> {
  return (await api.request('GET', '/readyz')).status === 200;
}

async function instantQuery(promql: string): Promise<Sample[]> {
  const url = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { statusCode, body } = await request(url);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`Prometheus answered ${statusCode}: ${text}`);
  const { result } = vectorSchema.parse(JSON.parse(text)).data;
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Gives all entries so far; each call reads only what was written since the last one, because tests ask in a loop. */
function auditReader(path: string): () => AuditEntry[] {
  const entries: AuditEntry[] = [];
  let offset = 0;
  return () => {
    if (!existsSync(path)) return [];
    const size = statSync(path).size;
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    const file = openSync(path, 'r');
    const read = readSync(file, bytes, 0, bytes.length, offset);
    closeSync(file);
    // The last line may still be in the making.
    const whole = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
    offset += whole;
    const lines = bytes.toString('utf8', 0, whole).split('\n').filter(Boolean);
    for (const line of lines) entries.push(auditSchema.parse(JSON.parse(line)));
    return [...entries];
  };
}

function apiServerOf(folder: LabFolder): LabProcess {
  const found = readState(folder.state)?.processes.find((part) => part.name === 'kube-apiserver');
  if (found === undefined) throw new Error(`The lab at ${folder.path} has no API server.`);
  return found;
}

function apiServerSwitch(folder: LabFolder, api: ApiClient): Pick<Lab, 'killApiServer' | 'startApiServer'> {
  return {
    killApiServer: () => killProcess(apiServerOf(folder), 'SIGKILL'),
    startApiServer: async () => {
      const { name, command, args, env } = apiServerOf(folder);
      const started = startProcess(folder, { name, command, args, env });
      await waitForPart(started, 60_000, () => apiIsReady(api));
    },
  };
}

/** Takes hold of a running lab by its name. */
export function attachLab(name: string): Lab {
  const folder = labFolder(name);
  const state = readState(folder.state);
  if (state === null) throw new Error(`There is no lab called ${name}.`);
  const { kubectl, helm } = state.tools;
  const api = apiClient(folder.kubeconfig);
  const config = [`--kubeconfig=${folder.kubeconfig}`];
  const runKubectl = (args: string[], input?: string): Promise<string> =>
    runTool(kubectl, [...config, ...args], input);
  return {
    name,
    folder,
    serverUrl: api.server,
    caPem: api.caPem,
    adminToken: api.token,
    kubeconfigPath: folder.kubeconfig,
    prometheusUrl,
    gatewayUrl,
    gateway: { name: gatewayName, namespace: gatewayNamespace },
    auditLogPath: folder.auditLog,
    api,
    kubectl: runKubectl,
    helm: (args) => runTool(helm, [...config, ...args]),
    apply: async (objects) => {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await runKubectl(
        ['apply', '--server-side', '--field-manager=lab', '--force-conflicts', '-f', '-'],
        list,
      );
    },
    createNamespace: async (prefix) => {
      const metadata = { generateName: `${prefix}-` };
      const { status, body } = await api.request('POST', '/api/v1/namespaces', { metadata });
      if (status !== 201) throw new Error(`creating a namespace answered ${status}`);
      return z.object({ metadata: z.object({ name: z.string() }) }).parse(body).metadata.name;
    },
    deleteNamespace: async (namespace) => {
      await api.request('DELETE', `/api/v1/namespaces/${namespace}`);
    },
    query: instantQuery,
    auditEntries: auditReader(folder.auditLog),
    trainModel: (plan) => saveModel(folder.models, plan),
    ...apiServerSwitch(folder, api),
    spawnInside: (command, args, env = {}) =>
      spawn('ip', ['netns', 'exec', name, command, ...args], { env: { ...process.env, ...env } }),
  };
}
