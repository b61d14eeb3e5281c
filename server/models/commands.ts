import * as z from 'zod';
import { model } from '../../db/schema/models.ts';
import { idSchema, modelNameSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';

/** Creates a model without versions. */
export const createModel = command(
  {
    permission: 'models.create',
    schema: z.object({
      projectId: idSchema,
      name: modelNameSchema,
      description: z.string().max(10_000).default(''),
    }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, projectId, principal, now }) => {
    const id = newId();
    const { name, description } = input;
    const inserted = await tx
      .insert(model)
      .values({ id, projectId, name, description, createdAt: now, createdBy: principal.id })
      .onConflictDoNothing()
      .returning({ id: model.id });
    if (inserted.length === 0)
      throw new DomainError({ code: 'nameTaken', message: `There is a model "${name}" already.` });
    return {
      result: { modelId: id, name },
      audit: [
        {
          object: { kind: 'model', id, name },
          sentence: `created the model ${name}`,
          after: { name, description },
        },
      ],
    };
  },
);
