import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { session } from '../../db/schema/identity.ts';
import { command } from '../command.ts';
import { query } from '../query.ts';

/** Who is signed in, with roles by project; null members of other kinds never reach the browser. */
export const whoAmI = query(
  { permission: 'sessions.whoAmI', schema: z.void(), project: 'instance' },
  async ({ principal }) => ({
    id: principal.id,
    kind: principal.kind,
    name: principal.name,
    instanceRoles: [...principal.instanceRoles],
    memberships: [...principal.memberships].map(([projectId, held]) => ({ projectId, roles: [...held] })),
  }),
);

/** Ends the session in use, here and in its live stream. */
export const signOut = command(
  { permission: 'sessions.signOut', schema: z.void(), project: 'instance' },
  async ({ tx, principal, ctx }) => {
    const idHash = ctx.sessionIdHash ?? '';
    const ended = await tx
      .delete(session)
      .where(eq(session.idHash, idHash))
      .returning({ providerId: session.providerId });
    return {
      /** Whether it began at the identity provider, where the person is still signed in. */
      result: { cameByProvider: ended[0]?.providerId != null },
      audit: [
        {
          object: { kind: 'session', id: idHash.slice(7, 23), name: principal.name },
          sentence: `${principal.name} signed out`,
        },
      ],
    };
  },
);
