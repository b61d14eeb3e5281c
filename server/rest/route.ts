import type * as z from 'zod';
import type { Permission } from '../../domain/permission.ts';
import type { Context } from '../context.ts';

type Parts<Params, Query, Body> = { readonly params: Params; readonly query: Query; readonly body: Body };

/** One REST call as data: the handler, the document and the tests are all made from it. */
export type RestRoute = {
  readonly method: 'get' | 'post' | 'put';
  /** OpenAPI form below /api/v1, `{name}` for parameters. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  readonly status: 200 | 201;
  /** Of a call that makes something and may find it made already: whether it did; then it answers 200 in place of 201. */
  readonly found: ((result: unknown) => boolean) | null;
  readonly response: z.ZodType;
  /** Gets parsed parts; what it returns is parsed by `response`, so nothing else gets out. */
  readonly run: (
    ctx: Context,
    parts: Parts<Record<string, unknown>, Record<string, unknown>, unknown>,
  ) => Promise<unknown>;
};

type Definition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Response extends z.ZodType,
> = {
  method: RestRoute['method'];
  path: string;
  operationId: string;
  summary: string;
  permission: Permission;
  params: Params;
  query?: Query;
  body?: Body;
  status?: 200 | 201;
  found?: (result: z.input<Response>) => boolean;
  response: Response;
  run: (
    ctx: Context,
    parts: Parts<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.input<Response>>;
};

/** Keeps the types of one route together and then forgets them, so that routes fit into one table. */
export function restRoute<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Response extends z.ZodType,
>(definition: Definition<Params, Query, Body, Response>): RestRoute {
  const { query, body, status, found, run, ...rest } = definition;
  return {
    ...rest,
    query: query ?? null,
    body: body ?? null,
    status: status ?? 200,
    found: (found as RestRoute['found']) ?? null,
    run: run as RestRoute['run'],
  };
}
