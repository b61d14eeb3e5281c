import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Principal } from '../../domain/principal.ts';
import { openSite, type RunningSite } from '../http/site-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { createToken } from '../tokens/commands.ts';

export type JsonObject = Record<string, unknown>;
type Content = { content: { 'application/json': { schema: JsonObject } } };
type Operation = {
  operationId: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: JsonObject }[];
  requestBody?: Content;
  responses: Record<string, Content>;
};
export type OpenApi = JsonObject & { paths: Record<string, Record<string, Operation>> };
type Known = { method: string; path: string; operation: Operation };

export type Call = {
  readonly token?: string | null;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};
export type Answer = { readonly status: number; readonly body: JsonObject };

/** For tests: calls the running API as its own document says and holds every answer against the document's schema. */
export class RestFixture {
  readonly running: RunningSite;
  readonly project: ProjectFixture;
  readonly document: OpenApi;
  /** `operationId status` of every answer that kept to the document. */
  readonly seen = new Set<string>();
  /** Of the engineer, with the roles engineer and operator. */
  token = '';
  readonly #ajv = addFormats.default(new Ajv2020({ strict: true, allowUnionTypes: true }));
  readonly #validators = new Map<string, ValidateFunction>();

  private constructor(running: RunningSite, project: ProjectFixture, document: OpenApi) {
    this.running = running;
    this.project = project;
    this.document = document;
  }

  static async open(): Promise<RestFixture> {
    const running = await openSite();
    const project = await ProjectFixture.create(running.test.db);
    const answer = await fetch(`${running.url}/api/v1/openapi.json`);
    const fixture = new RestFixture(running, project, (await answer.json()) as OpenApi);
    fixture.token = await fixture.tokenWith(['engineer', 'operator']);
    return fixture;
  }

  /** The secret of a new token that an admin of the project owns. */
  async tokenWith(
    roles: ('viewer' | 'engineer' | 'operator')[],
    owner: Principal | null = null,
  ): Promise<string> {
    const name = `ci-${roles.join('-')}-${this.seen.size}-${Math.random()}`;
    const input = { projectId: this.project.projectId, name, roles, expiresInDays: null };
    return (await createToken(this.project.as(owner ?? 'admin'), input)).secret;
  }

  get operations(): Known[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  }

  operation(operationId: string): Known {
    const found = this.operations.find((known) => known.operation.operationId === operationId);
    if (found === undefined) throw new Error(`The document has no operation ${operationId}.`);
    return found;
  }

  /** Whether the document's schema of the body takes this one. */
  takesBody(operationId: string, body: unknown): boolean {
    const schema = this.operation(operationId).operation.requestBody?.content['application/json'].schema;
    if (schema === undefined) throw new Error(`${operationId} takes no body.`);
    return this.#validator(`${operationId} body`, schema)(body);
  }

  /** One call; throws when the answer is not what the document says of its status. */
  async call(operationId: string, call: Call = {}): Promise<Answer> {
    const { method, path, operation } = this.operation(operationId);
    const url = new URL(
      `${this.running.url}/api/v1${path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(call.params?.[name] ?? ''))}`,
    );
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const token = call.token === undefined ? this.token : call.token;
    const answer = await fetch(url, {
      method: method.toUpperCase(),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'get' ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(method === 'get'
        ? {}
        : { body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body ?? {}) }),
    });
    const body = (await answer.json()) as JsonObject;
    const described = operation.responses[answer.status];
    if (described === undefined)
      throw new Error(`${operationId} answered ${answer.status}, which is not in the document.`);
    const validate = this.#validator(
      `${operationId} ${answer.status}`,
      described.content['application/json'].schema,
    );
    if (!validate(body))
      throw new Error(
        `${operationId} answered ${JSON.stringify(body)}: ${this.#ajv.errorsText(validate.errors)}`,
      );
    this.seen.add(`${operationId} ${answer.status}`);
    return { status: answer.status, body };
  }

  #validator(key: string, schema: JsonObject): ValidateFunction {
    const known = this.#validators.get(key) ?? this.#ajv.compile(schema);
    this.#validators.set(key, known);
    return known;
  }
}
