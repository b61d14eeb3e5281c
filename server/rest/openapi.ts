import * as z from 'zod';
import type { RestRoute } from './route.ts';
import { errorResponse } from './schemas.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 of the routes; request and response schemas are the ones that the handlers parse with. */
export function openApiDocument(routes: readonly RestRoute[], serverUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fairlead',
      version: '1',
      description:
        'Register versions, attach evidence, ask for promotions and follow rollouts. Send an API token as a bearer token.',
    },
    servers: [{ url: `${serverUrl}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(route: RestRoute): Json {
  const content = json(schemaOf(route.response, 'output'));
  const answers: Json = {
    ...(route.found === null ? {} : { 200: { description: 'It was there already.', content } }),
    [route.status]: { description: 'Done', content },
  };
  for (const [status, description] of failures)
    answers[status] = { description, content: json(schemaOf(errorResponse, 'output')) };
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...(route.method === 'get' ? [] : [idempotencyKey]),
    ],
    ...(route.body === null
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse({}).success,
            content: json(schemaOf(route.body, 'input')),
          },
        }),
    responses: answers,
    'x-fairlead-permission': route.permission,
  };
}

const failures = [
  ['400', 'The input is not valid.'],
  ['401', 'No or an unknown token.'],
  ['403', 'The role is missing.'],
  ['404', 'There is no such thing, or it is not yours to see.'],
  ['409', 'It collides with what is there.'],
  ['413', 'The body is too large.'],
  ['415', 'The body is not JSON.'],
  ['421', 'This console does not answer for that host.'],
  ['422', 'The present state does not allow it; `code` and `message` say why.'],
  ['500', 'Something broke; nothing of it is told.'],
] as const;

const idempotencyKey = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'A repeat with the same key and input within a day is answered with the first answer.',
  schema: { type: 'string', maxLength: 200 },
};

function parameters(schema: z.ZodObject | null, place: 'path' | 'query'): Json[] {
  if (schema === null) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** Dates leave as texts, so the document says string where a transform makes one. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'pipe' && io === 'output' && Object.keys(jsonSchema).length === 0) {
        jsonSchema.type = 'string';
        jsonSchema.format = 'date-time';
      }
    },
  }) as Json;
  return rest;
}
