import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { project } from '../../db/schema/identity.ts';
import { idSchema } from '../../domain/name.ts';
import { command } from '../command.ts';
import { onlyRow } from '../rows/row-project.ts';

const codeSchema = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}]{1,60}$/u, 'A cost centre is one line of at most 60 characters.');

/** The cost centre that the project's next statements carry; null takes it away. */
export const setCostCentre = command(
  {
    permission: 'projects.setCostCentre',
    schema: z.object({ projectId: idSchema, costCentre: codeSchema.nullable() }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input: { costCentre }, projectId }) => {
    const before = onlyRow(await tx.select().from(project).where(eq(project.id, projectId)).for('update'));
    await tx.update(project).set({ costCentre }).where(eq(project.id, projectId));
    return {
      result: { costCentre },
      audit: [
        {
          object: { kind: 'project', id: projectId, name: before.name },
          sentence: costCentre === null ? 'took away the cost centre' : `set the cost centre ${costCentre}`,
          before: { costCentre: before.costCentre },
          after: { costCentre },
        },
      ],
    };
  },
);
