import { randomUUID } from 'node:crypto';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import superjson from 'superjson';
import { request } from 'undici';
import * as z from 'zod';
import type { AppRouter } from '../../server/trpc/root.ts';

/** A signed-in person's view of the product: the tRPC API over HTTP with their session. */
export type Client = TRPCClient<AppRouter>;

async function post(url: string, path: string, body: unknown): Promise<string> {
  const response = await request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
  const cookie = [response.headers['set-cookie']].flat()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`${path} set no cookie.`);
  return cookie;
}

function client(url: string, headers: Record<string, string>): Client {
  const link = httpLink({
    url: `${url}/api/trpc`,
    transformer: superjson,
    methodOverride: 'POST',
    // As the console sends a click: once, with a key of its own.
    headers: ({ op }) => ({
      ...headers,
      origin: url,
      ...(op.type === 'mutation' ? { 'idempotency-key': randomUUID() } : {}),
    }),
  });
  return createTRPCClient<AppRouter>({ links: [link] });
}

/** Sets the instance up as a browser would after the first start. */
export async function setUpAdmin(url: string, link: string): Promise<Client> {
  const person = { name: 'Ada', email: 'ada@example.test', password: 'a long enough phrase of the lab' };
  return client(url, { cookie: await post(url, '/api/set-up', { link, ...person }) });
}

/** Signs in by a one-time link of the form `…#link=<secret>`. */
export async function signIn(url: string, link: string): Promise<Client> {
  const secret = link.split('#link=')[1] ?? '';
  return client(url, { cookie: await post(url, '/api/session/link', { link: secret }) });
}

/** The tRPC API with an API token instead of a session. */
export function tokenClient(url: string, token: string): Client {
  return client(url, { authorization: `Bearer ${token}` });
}

/** The public REST API with an API token; throws what is not 2xx. */
export class RestClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async #send<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await request(`${this.#url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
    return schema.parse(JSON.parse(text));
  }

  async registerVersion(projectId: string, modelName: string, version: object): Promise<string> {
    const path = `/projects/${projectId}/models/${modelName}/versions`;
    return (await this.#send(path, z.object({ modelVersionId: z.string() }), version)).modelVersionId;
  }

  async attachEvidence(modelVersionId: string, report: object): Promise<string> {
    const path = `/model-versions/${modelVersionId}/evidence`;
    return (await this.#send(path, z.object({ verdict: z.string() }), report)).verdict;
  }

  async requestPromotion(
    serviceId: string,
    modelVersionId: string,
  ): Promise<{ promotionId: string; subjectDigest: string; revisionNumber: number }> {
    const path = `/services/${serviceId}/promotions`;
    const answer = z.object({
      promotionId: z.string(),
      subjectDigest: z.string(),
      revisionNumber: z.number(),
    });
    return await this.#send(path, answer, { modelVersionId });
  }

  async promotionState(promotionId: string): Promise<string> {
    return (await this.#send(`/promotions/${promotionId}`, z.object({ state: z.string() }))).state;
  }
}

/** The project's audit chain as an auditor downloads it. */
export async function auditExport(url: string, token: string, projectId: string): Promise<string> {
  const response = await request(`${url}/api/audit/export?project=${projectId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`The export answered ${response.statusCode}: ${text}`);
  return text;
}
