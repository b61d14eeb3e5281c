import { asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import { environment } from '../../db/schema/environments.ts';
import { linkTemplate } from '../../db/schema/links.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';

/** Link templates of the project by name. */
export const listLinkTemplates = query(
  {
    permission: 'linkTemplates.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) =>
    await db
      .select({
        id: linkTemplate.id,
        name: linkTemplate.name,
        url: linkTemplate.url,
        environmentId: linkTemplate.environmentId,
        environmentName: environment.name,
      })
      .from(linkTemplate)
      .leftJoin(environment, eq(environment.id, linkTemplate.environmentId))
      .where(eq(linkTemplate.projectId, projectId))
      .orderBy(asc(linkTemplate.name)),
);
