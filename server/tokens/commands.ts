import { and, desc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { apiToken, principal as principalTable } from '../../db/schema/identity.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { notFound, rowProject } from '../rows/row-project.ts';
import { ingestTokenPrefix, newSecret, secretHash, tokenPrefix } from '../secret.ts';

const ofProject = z.object({ projectId: idSchema });

/** Tokens of the project, newest first; the secret is never among what is read. */
export const listTokens = query(
  { permission: 'tokens.list', schema: ofProject, project: (_db, input) => input.projectId },
  async ({ db, projectId }) => {
    return await db
      .select({
        id: apiToken.principalId,
        name: apiToken.name,
        prefix: apiToken.prefix,
        roles: apiToken.roles,
        serviceId: apiToken.serviceId,
        serviceName: service.name,
        createdAt: apiToken.createdAt,
        expiresAt: apiToken.expiresAt,
        revokedAt: apiToken.revokedAt,
      })
      .from(apiToken)
      .leftJoin(service, eq(service.id, apiToken.serviceId))
      .where(eq(apiToken.projectId, projectId))
      .orderBy(desc(apiToken.createdAt))
      .limit(500);
  },
);

/** A token can do what its roles can, but never sign: `approver` is not among them. */
const createSchema = ofProject
  .extend({
    name: z.string().trim().min(1, 'Give the token a name.').max(100),
    roles: z.array(z.enum(['viewer', 'engineer', 'operator'])).default([]),
    /** Of a token that only sends the rows of this service: it has no roles and reads nothing. */
    serviceId: idSchema.nullable().default(null),
    expiresInDays: z.int().min(1).max(365).nullable(),
  })
  .refine(({ roles, serviceId }) => roles.length > 0 || serviceId !== null, {
    message: 'Choose at least one role.',
    path: ['roles'],
  })
  .refine(({ roles, serviceId }) => roles.length === 0 || serviceId === null, {
    message: 'A token that sends the rows of a service has no roles.',
    path: ['roles'],
  });

/** Creates a token of the caller and returns its secret, this once. */
export const createToken = command(
  {
    permission: 'tokens.create',
    schema: createSchema,
    project: (_tx, input) => input.projectId,
    returnsSecret: true,
  },
  async ({ tx, input, projectId, principal, now }) => {
    if (principal.kind !== 'user')
      throw new DomainError({ code: 'forbidden', message: 'A token cannot make tokens.' });
    const taken = await tx
      .select({ id: apiToken.principalId })
      .from(apiToken)
      .where(and(eq(apiToken.projectId, projectId), eq(apiToken.name, input.name)));
    if (taken.length > 0)
      throw new DomainError({ code: 'nameTaken', message: `There is a token "${input.name}" already.` });
    const { serviceId } = input;
    if (serviceId !== null && (await rowProject(tx, service, serviceId)) !== projectId) throw notFound();
    const id = newId();
    const secret = `${serviceId === null ? tokenPrefix : ingestTokenPrefix}${newSecret()}`;
    await tx.insert(principalTable).values({
      id,
      kind: 'token',
      ownerUserId: principal.id,
      name: `${input.name} (token of ${principal.name})`,
    });
    const expiresAt =
      input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * 86_400_000);
    await tx.insert(apiToken).values({
      principalId: id,
      projectId,
      name: input.name,
      secretHash: secretHash(secret),
      prefix: secret.slice(0, 10),
      roles: input.roles,
      serviceId,
      createdAt: now,
      expiresAt,
    });
    return {
      result: { id, secret },
      audit: [
        {
          object: { kind: 'token', id, name: input.name },
          sentence: `created the token ${input.name}`,
          after: { roles: input.roles, expiresAt, ...(serviceId === null ? {} : { serviceId }) },
        },
      ],
    };
  },
);

/** Ends a token at once. */
export const revokeToken = command(
  {
    permission: 'tokens.revoke',
    schema: ofProject.extend({ tokenId: idSchema }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, projectId, now }) => {
    const rows = await tx
      .update(apiToken)
      .set({ revokedAt: now })
      .where(
        and(
          eq(apiToken.principalId, input.tokenId),
          eq(apiToken.projectId, projectId),
          isNull(apiToken.revokedAt),
        ),
      )
      .returning({ name: apiToken.name });
    const found = rows[0];
    if (found === undefined)
      throw new DomainError({ code: 'notFound', message: 'There is no such token in use.' });
    return {
      result: null,
      audit: [
        {
          object: { kind: 'token', id: input.tokenId, name: found.name },
          sentence: `revoked the token ${found.name}`,
        },
      ],
    };
  },
);
