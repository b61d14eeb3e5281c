import { asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import {
  inOrder,
  moveDirections,
  movedParts,
  orderAfter,
  type Placed,
} from '../../domain/environment-order.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { rowProject } from '../rows/row-project.ts';

/** Moves an environment, or its whole group, one place earlier or later. */
export const moveEnvironment = command(
  {
    permission: 'environments.move',
    schema: z.object({
      environmentId: idSchema,
      direction: z.enum(moveDirections),
      part: z.enum(movedParts).default('environment'),
    }),
    project: (tx, input) => rowProject(tx, environment, input.environmentId),
  },
  async ({ tx, input, projectId }) => {
    const { environmentId: id, direction, part } = input;
    const before = inOrder(await lockOrder(tx, projectId));
    const moved = orderAfter(before, { id, direction, part });
    if ('refusal' in moved) throw new DomainError(moved.refusal);
    await number(tx, moved.order);
    const name = before.find((row) => row.id === id)?.name ?? '';
    const groupName = before.find((row) => row.id === id)?.groupName ?? null;
    const what =
      part === 'group' && groupName !== null ? `the group ${groupName}` : `the environment ${name}`;
    return {
      result: { environmentIds: moved.order.map((row) => row.id) },
      audit: [
        {
          object: { kind: 'environment', id, name },
          sentence: `moved ${what} ${direction}: ${moved.order.map((row) => row.name).join(', ')}`,
          before: { order: before.map((row) => row.name) },
          after: { order: moved.order.map((row) => row.name) },
        },
      ],
    };
  },
);

/** Locks the project's environments, so that two moves follow each other; sorted by position. */
export async function lockOrder(tx: Transaction, projectId: string): Promise<Placed[]> {
  return await tx
    .select({
      id: environment.id,
      name: environment.name,
      groupName: environment.groupName,
      position: environment.position,
    })
    .from(environment)
    .where(eq(environment.projectId, projectId))
    .orderBy(asc(environment.position), asc(environment.name))
    .for('update');
}

/** Gives every environment its own position, a group side by side; writes only what is not so already. */
export async function numberInOrder(tx: Transaction, projectId: string): Promise<void> {
  await number(tx, inOrder(await lockOrder(tx, projectId)));
}

async function number(tx: Transaction, order: readonly Placed[]): Promise<void> {
  for (const [position, row] of order.entries())
    if (row.position !== position)
      await tx.update(environment).set({ position }).where(eq(environment.id, row.id));
}
