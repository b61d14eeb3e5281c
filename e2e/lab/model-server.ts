import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apiClient } from './api-client.ts';
import { gpuExporterText } from './gpu-exporter.ts';
import { InferenceError, infer } from './inference.ts';
import { ModelInstance } from './model-instance.ts';
import { type ModelPod, PodDirectory } from './model-pods.ts';
import { gpuExporterPath, modelPort } from './prometheus.ts';

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string', default: '' }, models: { type: 'string', default: '' } },
});

const instances = new Map<string, ModelInstance>();
const directory = new PodDirectory((uid) => instances.delete(uid));

function instanceOf(pod: ModelPod): ModelInstance {
  const known = instances.get(pod.uid);
  if (known !== undefined) return known;
  const made = new ModelInstance(pod, values.models);
  instances.set(pod.uid, made);
  return made;
}

/** The pod behind an address; a request may overtake the news of its pod by a few milliseconds. */
async function podAt(address: string): Promise<ModelPod | null> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const pod = directory.at(address);
    if (pod?.ready) return pod;
    await delay(10);
  }
  return directory.at(address);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answerInference(
  instance: ModelInstance,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  instance.begin();
  const text = await readBody(request);
  const fault = instance.nextFault();
  if (fault.delayMs > 0) await delay(fault.delayMs);
  let status = 200;
  let body: unknown;
  if (fault.fails) {
    status = 500;
    body = { error: 'simulated failure of this version' };
  } else {
    try {
      body = infer(instance, text);
    } catch (error) {
      status = error instanceof InferenceError ? 400 : 500;
      body = { error: error instanceof Error ? error.message : String(error) };
    }
  }
  instance.count(status, (performance.now() - startedAt) / 1000);
  sendJson(response, status, body);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = request.socket.localAddress?.replace(/^::ffff:/, '') ?? '';
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === gpuExporterPath) {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(gpuExporterText(directory.all()));
    return;
  }
  const pod = path === '/metrics' ? directory.at(address) : await podAt(address);
  if (pod === null) return sendJson(response, 503, { error: `no pod has the address ${address}` });
  const instance = instanceOf(pod);
  for (const [name, value] of Object.entries(instance.headers)) response.setHeader(name, value);
  if (path === '/metrics') {
    response.setHeader('content-type', instance.registry.contentType);
    response.end(await instance.registry.metrics());
    return;
  }
  if (path === '/v2/health/live') return sendJson(response, 200, { live: true });
  if (!pod.ready || instance.problem !== null)
    return sendJson(response, 503, { error: instance.problem ?? 'the pod is not ready' });
  if (path === '/v2/health/ready') return sendJson(response, 200, { ready: true });
  if (path === '/v2') return sendJson(response, 200, { name: 'fairlead-lab', version: '1', extensions: [] });
  const [, name, action] =
    path.match(/^\/v2\/models\/([^/]+)(?:\/versions\/[^/]+)?(?:\/(ready|infer))?$/) ?? [];
  if (name === undefined || name !== instance.modelName)
    return sendJson(response, 404, { error: `no model at ${path}` });
  if (action === 'ready') return sendJson(response, 200, { name, ready: true });
  if (action === undefined) return sendJson(response, 200, instance.metadata());
  if (request.method !== 'POST') return sendJson(response, 405, { error: 'infer takes POST' });
  return answerInference(instance, request, response);
}

void directory.follow(apiClient(values.kubeconfig));

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    if (!response.headersSent) sendJson(response, 500, { error: 'internal error' });
  });
});
// Envoy keeps its connections for as long as it likes; closing an idle one under it would fail a request.
server.keepAliveTimeout = 0;
server.listen(modelPort, '0.0.0.0');
