import { and, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { retrainTemplate } from '../../db/schema/retrains.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { onlyRow } from '../rows/row-project.ts';
import { templateFromYaml } from './read-template.ts';

/** Allows trainings of a cluster to start what the text describes. It never changes: another text is another template. */
export const createTemplate = command(
  {
    permission: 'retrainTemplates.create',
    schema: z.object({
      clusterId: idSchema,
      name: z.string().trim().min(1, 'Give the template a name.').max(80),
      yaml: z.string().max(200_000),
    }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const { clusterId, name, yaml } = input;
    const of = onlyRow(
      await tx.select({ name: cluster.name }).from(cluster).where(eq(cluster.id, clusterId)),
    );
    const object = templateFromYaml(yaml);
    const [id, digest] = [newId(), digestOf(object)];
    await tx
      .insert(retrainTemplate)
      .values({ id, clusterId, name, yaml, object, digest, addedAt: now, addedBy: principal.id })
      .catch((error: unknown) => {
        if (postgresError(error)?.constraint !== 'retrain_template_name') throw error;
        throw new DomainError({
          code: 'nameTaken',
          message: `There is a template "${name}" on this cluster already.`,
          params: { field: 'name' },
          fix: 'Remove it first; nothing that it started is touched.',
        });
      });
    return {
      result: { templateId: id, digest },
      audit: [
        {
          object: { kind: 'cluster', id: clusterId, name: of.name },
          sentence: `allowed trainings on ${of.name} to start the ${object.kind} of the template ${name}`,
          after: { name, digest, object },
        },
      ],
    };
  },
);

/** Nothing more starts from it, and what waits for a signature on it is void; what runs goes on. */
export const removeTemplate = command(
  {
    permission: 'retrainTemplates.remove',
    schema: z.object({ templateId: idSchema }),
    project: 'instance',
  },
  async ({ tx, input, now }) => {
    const row = onlyRow(
      await tx
        .update(retrainTemplate)
        .set({ removedAt: now })
        .where(and(eq(retrainTemplate.id, input.templateId), isNull(retrainTemplate.removedAt)))
        .returning(),
    );
    const of = onlyRow(
      await tx.select({ name: cluster.name }).from(cluster).where(eq(cluster.id, row.clusterId)),
    );
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: row.clusterId, name: of.name },
          sentence: `removed the template ${row.name} for trainings on ${of.name}`,
          before: { name: row.name, digest: row.digest },
        },
      ],
    };
  },
);
