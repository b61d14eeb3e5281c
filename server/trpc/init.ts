import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import type * as z from 'zod';
import type { Permission } from '../../domain/permission.ts';
import { DomainError, type Refusal, type RefusalCode } from '../../domain/refusal.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { log } from '../log.ts';
import type { Query } from '../query.ts';

type ErrorCode = ConstructorParameters<typeof TRPCError>[0]['code'];

/** Transport codes of refusals; every code that is not listed is a precondition that does not hold. */
const transportCodes: Partial<Record<RefusalCode, ErrorCode>> = {
  notFound: 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  notApprover: 'FORBIDDEN',
  ownRequest: 'FORBIDDEN',
  unauthenticated: 'UNAUTHORIZED',
  invalidInput: 'BAD_REQUEST',
  planInvalid: 'BAD_REQUEST',
  conflict: 'CONFLICT',
  nameTaken: 'CONFLICT',
  rateLimited: 'TOO_MANY_REQUESTS',
};

const trpc = initTRPC
  .context<Context>()
  .meta<{ permission: Permission }>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter({ shape, error }) {
      const found = refusalOf(error);
      return { ...shape, data: { ...shape.data, stack: undefined, refusal: found } };
    },
  });

function refusalOf(error: TRPCError): Refusal | null {
  return error.cause instanceof DomainError ? error.cause.refusal : null;
}

/** Maps refusals to codes and hides every other message behind the request's id. */
const mapErrors = trpc.middleware(async ({ next, ctx, path }) => {
  const outcome = await next();
  if (outcome.ok) return outcome;
  const { cause } = outcome.error;
  if (cause instanceof DomainError)
    throw new TRPCError({
      code: transportCodes[cause.refusal.code] ?? 'PRECONDITION_FAILED',
      message: cause.refusal.message,
      cause,
    });
  log.error({ error: outcome.error, path, requestId: ctx.requestId }, 'A call failed.');
  throw new TRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: `Internal error (request ${ctx.requestId})`,
  });
});

const procedure = trpc.procedure.use(mapErrors);

export const router = trpc.router;

/** The schema is parsed inside the command, which alone knows how to say what is wrong; here it only gives the type. */
function unparsed<Schema extends z.ZodType>(input: unknown): z.input<Schema> {
  return input as z.input<Schema>;
}

/** One line per procedure: the command brings its permission and schema. */
export function mutation<Schema extends z.ZodType, Result>(run: Command<Schema, Result>) {
  return procedure
    .meta({ permission: run.permission })
    .input(unparsed<Schema>)
    .mutation(({ ctx, input }) => run(ctx, unparsed<Schema>(input)));
}

/** One line per procedure: the query brings its permission and schema. */
export function reading<Schema extends z.ZodType, Result>(run: Query<Schema, Result>) {
  return procedure
    .meta({ permission: run.permission })
    .input(unparsed<Schema>)
    .query(({ ctx, input }) => run(ctx, unparsed<Schema>(input)));
}

/** For a query that takes long or a large input: it is sent like a mutation, alone and in a body, but writes no intent. */
export function asking<Schema extends z.ZodType, Result>(run: Query<Schema, Result>) {
  return procedure
    .meta({ permission: run.permission })
    .input(unparsed<Schema>)
    .mutation(({ ctx, input }) => run(ctx, unparsed<Schema>(input)));
}
