import type * as z from 'zod';
import type { Queries } from '../db/client.ts';
import type { Permission } from '../domain/permission.ts';
import type { Principal } from '../domain/principal.ts';
import { authorize, type Context, signedIn } from './context.ts';
import { parseInput } from './parse-input.ts';

export type QueryRun<Input> = {
  readonly db: Queries;
  readonly input: Input;
  readonly principal: Principal;
  readonly projectId: string;
  readonly ctx: Context;
};

type Project<Input> = 'instance' | ((db: Queries, input: Input) => Promise<string> | string);

export type Query<Schema extends z.ZodType, Result> = {
  (ctx: Context, input: z.input<Schema>): Promise<Result>;
  readonly permission: Permission;
  readonly schema: Schema;
  readonly kind: 'query';
};

/** The only way to read: permission in the project of the row, parse, body. Bodies filter by `projectId`. */
export function query<Schema extends z.ZodType, Result>(
  definition: { permission: Permission; schema: Schema; project: Project<z.output<Schema>> },
  run: (args: QueryRun<z.output<Schema>>) => Promise<Result>,
): Query<Schema, Result> {
  const { permission, schema, project } = definition;
  const execute = async (ctx: Context, raw: z.input<Schema>): Promise<Result> => {
    const principal = signedIn(ctx);
    const input = parseInput(schema, raw);
    const projectId = project === 'instance' ? '' : await project(ctx.db, input);
    authorize(principal, permission, project === 'instance' ? null : projectId);
    return await run({ db: ctx.db, input, principal, projectId, ctx });
  };
  return Object.assign(execute, { permission, schema, kind: 'query' as const });
}
