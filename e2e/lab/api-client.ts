import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import * as z from 'zod';

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

interface ApiAnswer {
  status: number;
  body: unknown;
}

/** Bare HTTP to the lab's API server, so that tests look at it without the product's own adapter. */
export interface ApiClient {
  server: string;
  caPem: string;
  token: string;
  request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<ApiAnswer>;
  /** A JSON merge patch. */
  patch(path: string, body: unknown): Promise<ApiAnswer>;
  /** One server-side apply by the field manager `lab`, without the kubectl around it. */
  apply(path: string, body: unknown): Promise<ApiAnswer>;
  stream(path: string): Promise<Readable>;
}

/** A client from one of the lab's own kubeconfigs. */
export function apiClient(kubeconfig: string): ApiClient {
  const config = kubeconfigSchema.parse(parse(readFileSync(kubeconfig, 'utf8')));
  const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster;
  const { token } = config.users[0].user;
  const caPem = Buffer.from(authority, 'base64').toString('utf8');
  const dispatcher = new Agent({ connect: { ca: caPem }, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const send = async (method: string, path: string, type: string, body?: unknown): Promise<ApiAnswer> => {
    const response = await request(new URL(path, server), {
      method: method as 'GET',
      dispatcher,
      headers: { ...headers, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headersTimeout: 10_000,
    });
    const text = await response.body.text();
    const isJson = String(response.headers['content-type']).includes('json');
    return { status: response.statusCode, body: isJson ? JSON.parse(text) : text };
  };
  return {
    server,
    caPem,
    token,
    request: (method, path, body) => send(method, path, 'application/json', body),
    patch: (path, body) => send('PATCH', path, 'application/merge-patch+json', body),
    apply: (path, body) => send('PATCH', `${path}?fieldManager=lab`, 'application/apply-patch+yaml', body),
    stream: async (path) => {
      const response = await request(new URL(path, server), { dispatcher, headers });
      if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
      return response.body;
    },
  };
}
