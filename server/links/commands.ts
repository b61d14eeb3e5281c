import { count, eq } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError, type Transaction } from '../../db/client.ts';
import { linkTemplate } from '../../db/schema/links.ts';
import { linkTemplateProblem } from '../../domain/link-template.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { demandEnvironment, onlyRow, rowProject } from '../rows/row-project.ts';

/** More would make every page of a service a list of links. */
const mostOfProject = 30;

const setSchema = z.object({
  projectId: idSchema,
  name: z.string().trim().min(1, 'Give the link a name.').max(60, 'Use at most 60 characters.'),
  url: z
    .string()
    .trim()
    .superRefine((url, context) => {
      const problem = linkTemplateProblem(url);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    }),
  /** Only there; null for every environment of the project. */
  environmentId: idSchema.nullable(),
  /** Changes this one; a new one when left out. */
  linkTemplateId: idSchema.optional(),
});

/** Makes or changes a link into another tool. */
export const setLinkTemplate = command(
  {
    permission: 'linkTemplates.set',
    schema: setSchema,
    project: (tx, input) =>
      input.linkTemplateId === undefined
        ? input.projectId
        : rowProject(tx, linkTemplate, input.linkTemplateId),
  },
  async ({ tx, input, projectId, now }) => {
    const { linkTemplateId, name, url, environmentId } = input;
    if (environmentId !== null) await demandEnvironment(tx, { projectId, environmentId });
    const before = linkTemplateId === undefined ? null : await locked(tx, linkTemplateId);
    if (before === null) await checkRoom(tx, projectId);
    const id = linkTemplateId ?? newId();
    const values = { name, url, environmentId };
    const write =
      before === null
        ? tx.insert(linkTemplate).values({ id, projectId, createdAt: now, ...values })
        : tx.update(linkTemplate).set(values).where(eq(linkTemplate.id, id));
    await write.catch((error: unknown) => {
      if (postgresError(error)?.constraint !== 'link_template_name') throw error;
      throw new DomainError({
        code: 'nameTaken',
        message: `There is a link "${name}" in the project already.`,
        params: { field: 'name' },
      });
    });
    return {
      result: { linkTemplateId: id },
      audit: [
        {
          object: { kind: 'linkTemplate', id, name },
          sentence: before === null ? `added the link "${name}"` : `changed the link "${before.name}"`,
          ...(before === null ? {} : { before: valuesOf(before) }),
          after: values,
        },
      ],
    };
  },
);

const valuesOf = ({ name, url, environmentId }: typeof linkTemplate.$inferSelect) => ({
  name,
  url,
  environmentId,
});

async function locked(tx: Transaction, id: string) {
  return onlyRow(await tx.select().from(linkTemplate).where(eq(linkTemplate.id, id)).for('update'));
}

async function checkRoom(tx: Transaction, projectId: string): Promise<void> {
  const rows = await tx
    .select({ total: count() })
    .from(linkTemplate)
    .where(eq(linkTemplate.projectId, projectId));
  if (Number(rows[0]?.total ?? 0) < mostOfProject) return;
  throw new DomainError({
    code: 'rateLimited',
    message: `A project has at most ${mostOfProject} links.`,
    fix: 'Remove one that nobody uses.',
  });
}

/** Takes a link off all pages. */
export const removeLinkTemplate = command(
  {
    permission: 'linkTemplates.remove',
    schema: z.object({ linkTemplateId: idSchema }),
    project: (tx, input) => rowProject(tx, linkTemplate, input.linkTemplateId),
  },
  async ({ tx, input }) => {
    const before = onlyRow(
      await tx.delete(linkTemplate).where(eq(linkTemplate.id, input.linkTemplateId)).returning(),
    );
    return {
      result: null,
      audit: [
        {
          object: { kind: 'linkTemplate', id: before.id, name: before.name },
          sentence: `removed the link "${before.name}"`,
          before: valuesOf(before),
        },
      ],
    };
  },
);
