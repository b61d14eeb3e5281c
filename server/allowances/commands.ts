import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError } from '../../db/client.ts';
import { egressAllowance } from '../../db/schema/egress.ts';
import { egressTargetSchema } from '../../domain/egress-target.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { allowanceRefusal } from '../egress/allowances.ts';
import { newId } from '../id.ts';
import { onlyRow } from '../rows/row-project.ts';

/** Allows outbound requests to a private host, address or range; link-local and metadata addresses never are. */
export const allowEgress = command(
  {
    permission: 'egress.allow',
    schema: z.object({ target: egressTargetSchema, purpose: z.string().trim().min(1).max(200) }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const { target, purpose } = input;
    const refused = allowanceRefusal(target);
    if (refused !== null)
      throw new DomainError({
        code: 'invalidInput',
        message: `target: ${refused}`,
        params: { field: 'target' },
      });
    const id = newId();
    await tx
      .insert(egressAllowance)
      .values({ id, target, purpose, addedBy: principal.id, addedAt: now })
      .catch((error: unknown) => {
        if (postgresError(error)?.constraint !== 'egress_allowance_target_unique') throw error;
        throw new DomainError({ code: 'nameTaken', message: `${target} is allowed already.` });
      });
    return {
      result: { allowanceId: id, target },
      audit: [
        {
          object: { kind: 'egressAllowance', id, name: target },
          sentence: `allowed outbound requests to ${target}`,
          after: { target, purpose },
        },
      ],
    };
  },
);

/** Takes a host or range off the list; the next request to it is refused. */
export const revokeEgress = command(
  { permission: 'egress.revoke', schema: z.object({ allowanceId: idSchema }), project: 'instance' },
  async ({ tx, input }) => {
    const found = onlyRow(
      await tx.delete(egressAllowance).where(eq(egressAllowance.id, input.allowanceId)).returning(),
    );
    const { id, target, purpose } = found;
    return {
      result: null,
      audit: [
        {
          object: { kind: 'egressAllowance', id, name: target },
          sentence: `no longer allows outbound requests to ${target}`,
          before: { target, purpose },
        },
      ],
    };
  },
);
