import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type Configuration,
  HttpMethod,
  PatchStrategy,
  type RequestContext,
  type ResponseContext,
} from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import * as z from 'zod';
import { EgressError, egressErrorOf } from '../egress/egress-error.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { ClusterConnection, type Credential } from './kubernetes-connection.ts';
import {
  fieldManager,
  type KubernetesObject,
  kubernetesObjectSchema,
  objectPath,
  type WatchedKind,
} from './kubernetes-objects.ts';

const callTimeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024 * 1024;

type Query = Readonly<Record<string, string>>;
export type Place = { readonly kind: WatchedKind; readonly namespace: string; readonly name: string };
/** The exact state of an object that a write is based on. */
type Preconditions = { readonly uid: string; readonly resourceVersion: string };
/** What server-side apply sends; with uid and resourceVersion in its metadata it can only change that very state. */
export type ApplyBody = {
  readonly apiVersion: string;
  readonly kind: WatchedKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  } & Partial<Preconditions>;
  readonly spec?: unknown;
};
/** Operations of RFC 6902. */
export type JsonPatch = readonly {
  readonly op: 'add' | 'replace' | 'test';
  readonly path: string;
  readonly value: unknown;
}[];
type ApplyOptions = { readonly force: boolean; readonly manager?: string };

/**
 * Raw JSON over client-node's configuration, authentication and HTTP library. Its typed classes are not used, because
 * their serializer drops every field of a pod template that it does not know. Every call ends within 10 s; failures are
 * KubernetesApiError (the API server said no) or EgressError (it could not be asked).
 */
export type KubernetesApi = {
  readonly serverUrl: string;
  get(path: string, query?: Query): Promise<unknown>;
  /** Creates what needs no owner of fields: reviews, tokens, claims. */
  post(path: string, body: unknown): Promise<unknown>;
  /** A JSON merge patch; a resourceVersion in its metadata makes it conditional. */
  mergePatch(path: string, body: unknown): Promise<unknown>;
  /** The token is mounted, and whoever mounted it renews it. */
  readonly rotates: boolean;
  /** The bearer token in use, to read its claims; never to be logged. */
  token(): Promise<string>;
  useToken(token: string): void;
  /** The object, or null when there is none. */
  read(place: Place): Promise<KubernetesObject | null>;
  apply(body: ApplyBody, options: ApplyOptions): Promise<KubernetesObject>;
  /** Server-side apply at a path of any kind; takes no field from another manager. */
  applyAt(path: string, body: unknown): Promise<unknown>;
  /** The same apply checked by validation and admission, and not stored. */
  dryRun(body: ApplyBody): Promise<void>;
  /** Changes exactly the named fields of an object of others; with `dryRun` checked by validation and admission only. */
  patchJson(place: Place, patch: JsonPatch, options?: { dryRun: boolean }): Promise<KubernetesObject>;
  delete(place: Place, preconditions: Preconditions): Promise<void>;
  /** Opens a watch; the caller reads the lines and aborts. */
  stream(path: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Opens an answer of any kind and length; the caller counts its bytes and aborts. */
  open(path: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  close(): Promise<void>;
};

type Call = {
  readonly method: HttpMethod;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal: AbortSignal;
};

async function cappedText(stream: AsyncIterable<Uint8Array> | null, host: string): Promise<string> {
  if (stream === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new EgressError('tooLarge', `The answer of ${host} is too large.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof EgressError && reason.reason === 'timeout';
}

type OnSilence = (dispatcher: Dispatcher | undefined) => void;
type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

class RawApi {
  readonly #configuration: Configuration;
  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  async #prepared(call: Call, onSilence: OnSilence): Promise<RequestContext> {
    const context = this.#configuration.baseServer.makeRequestContext(call.path, call.method);
    for (const [name, value] of Object.entries(call.query ?? {})) context.setQueryParam(name, value);
    // Logs are plain text, but the API server refuses whoever does not take JSON at all.
    context.setHeaderParam('Accept', 'application/json, */*');
    if (call.body !== undefined) {
      context.setHeaderParam('Content-Type', call.contentType ?? 'application/json');
      context.setBody(JSON.stringify(call.body));
    }
    context.setSignal(call.signal);
    await this.#configuration.authMethods.default?.applySecurityAuthentication(context);
    const told = (): void => {
      if (isTimeout(call.signal.reason)) onSilence(context.getDispatcher());
    };
    call.signal.addEventListener('abort', told, { once: true });
    return context;
  }

  /** `onSilence` is told the dispatcher when the call's signal ended it by a time-out. */
  async send(call: Call, onSilence: OnSilence): Promise<ResponseContext> {
    return await this.#configuration.httpApi.send(await this.#prepared(call, onSilence)).toPromise();
  }

  /** One whole answer; not by client-node's `fetch`, which takes several times the processor for it. */
  async ask(call: Call, onSilence: OnSilence): Promise<Answer> {
    const context = await this.#prepared(call, onSilence);
    const dispatcher = context.getDispatcher();
    const { statusCode, headers, body } = await request(context.getUrl(), {
      method: call.method,
      headers: { ...context.getHeaders(), 'accept-encoding': 'gzip' },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      // Else undici closes the connection after a DELETE with a body, and the next call has to open one.
      reset: false,
      signal: call.signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const { host } = new URL(context.getUrl());
    const packed = headers['content-encoding'] === 'gzip';
    const text = await cappedText(packed ? pipeline(body, createGunzip(), () => undefined) : body, host);
    return { status: statusCode, headers: Object.fromEntries(texts(headers)), text };
  }
}

function texts(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

type Caller = {
  readonly json: (call: Omit<Call, 'signal'>) => Promise<unknown>;
  readonly stream: (call: Call) => Promise<ReadableStream<Uint8Array>>;
};

function callerOf(connection: ClusterConnection): Caller {
  const raw = connection.makeApiClient(RawApi);
  const host = new URL(connection.serverUrl).host;
  const onSilence: OnSilence = (silent) => connection.renew(silent);
  return {
    json: async (call) => {
      const abort = new AbortController();
      const end = () =>
        abort.abort(new EgressError('timeout', `${host} did not answer within ${callTimeoutMs / 1000} s.`));
      // Cleared at the end: a time-out that fires after the answer would speak of a healthy connection.
      const timer = setTimeout(end, callTimeoutMs);
      try {
        const { status, headers, text } = await raw.ask({ ...call, signal: abort.signal }, onSilence);
        if (!isSuccess(status)) throw new KubernetesApiError(status, text, headers);
        return JSON.parse(text);
      } catch (error) {
        if (error instanceof KubernetesApiError) throw error;
        throw egressErrorOf(abort.signal.aborted ? abort.signal.reason : error, host);
      } finally {
        clearTimeout(timer);
      }
    },
    stream: async (call) => {
      const response = await raw.send(call, onSilence).catch((error: unknown) => {
        throw egressErrorOf(error, host);
      });
      const { httpStatusCode: status, headers } = response;
      const stream = response.body.stream();
      if (!isSuccess(status)) throw new KubernetesApiError(status, await cappedText(stream, host), headers);
      if (stream === null) throw new EgressError('unreachable', `${host} gave an answer without content.`);
      return stream;
    },
  };
}

function patchCall({ kind, metadata, ...body }: ApplyBody, options: ApplyOptions, query: Query = {}) {
  return {
    method: HttpMethod.PATCH,
    path: objectPath(kind, metadata.namespace, metadata.name),
    query: { fieldManager: options.manager ?? fieldManager, force: String(options.force), ...query },
    body: { ...body, kind, metadata },
    contentType: PatchStrategy.ServerSideApply,
  };
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 404) return null;
    throw error;
  }
}

/** Opens no connection by itself; throws EgressError for a server URL that may not be called. */
export function openKubernetesApi(credential: Credential): KubernetesApi {
  const connection = new ClusterConnection(credential);
  const { json, stream } = callerOf(connection);
  const get = (path: string, query: Query = {}) => json({ method: HttpMethod.GET, path, query });
  return {
    serverUrl: connection.serverUrl,
    get,
    post: (path, body) => json({ method: HttpMethod.POST, path, body }),
    mergePatch: (path, body) =>
      json({ method: HttpMethod.PATCH, path, body, contentType: PatchStrategy.MergePatch }),
    rotates: credential.kind === 'inCluster',
    token: () => connection.token(),
    useToken: (token) => connection.useToken(token),
    read: ({ kind, namespace, name }) =>
      orNull(get(objectPath(kind, namespace, name)).then((body) => kubernetesObjectSchema.parse(body))),
    apply: async (body, options) => kubernetesObjectSchema.parse(await json(patchCall(body, options))),
    applyAt: (path, body) =>
      json({
        method: HttpMethod.PATCH,
        path,
        query: { fieldManager, force: 'false' },
        body,
        contentType: PatchStrategy.ServerSideApply,
      }),
    // What was not stored has no resourceVersion, so the answer is not an object as others are.
    dryRun: async (body) => void (await json(patchCall(body, { force: true }, { dryRun: 'All' }))),
    patchJson: async ({ kind, namespace, name }, patch, { dryRun } = { dryRun: false }) => {
      const path = objectPath(kind, namespace, name);
      const query = { fieldManager, ...(dryRun ? { dryRun: 'All' } : {}) };
      const contentType = PatchStrategy.JsonPatch;
      const call = { method: HttpMethod.PATCH, path, query, body: patch, contentType };
      return kubernetesObjectSchema.parse(await json(call));
    },
    delete: async ({ kind, namespace, name }, preconditions) => {
      const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
      const path = objectPath(kind, namespace, name);
      await json({ method: HttpMethod.DELETE, path, body: { ...options, preconditions } });
    },
    stream: (path, query, signal) =>
      stream({ method: HttpMethod.GET, path, query: { ...query, watch: 'true' }, signal }),
    open: (path, query, signal) => stream({ method: HttpMethod.GET, path, query, signal }),
    close: () => connection.close(),
  };
}

const resourcesSchema = z.looseObject({ resources: z.array(z.looseObject({ kind: z.string() })) });

/** Whether an API group version serves a kind; false when the group is missing altogether. */
export async function servesKind(api: KubernetesApi, apiVersion: string, kind: string): Promise<boolean> {
  const answer = await orNull(api.get(`/apis/${apiVersion}`));
  return (
    answer !== null && resourcesSchema.parse(answer).resources.some((resource) => resource.kind === kind)
  );
}
