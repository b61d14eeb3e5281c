import * as z from 'zod';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { loadRevision, loadVersion } from '../rows/revision-record.ts';
import { notFound, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { specOf, specSourceSchema } from './spec-source.ts';

/**
 * Turns a form or YAML into the input of promotions.preview and promotions.request: any change of what runs is a new
 * revision that takes the same plan, approval and canary.
 */
export const changeSpec = query(
  {
    permission: 'services.changeSpec',
    schema: z.object({
      serviceId: idSchema,
      spec: specSourceSchema,
      modelVersionId: idSchema.optional(),
    }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId }) => {
    const { row } = await loadService(db, input.serviceId);
    const spec = specOf(input.spec);
    if (input.modelVersionId !== undefined) {
      const version = await loadVersion(db, input.modelVersionId);
      if (version.projectId !== projectId) throw notFound();
      return { serviceId: row.id, modelVersionId: version.id, spec };
    }
    const stable = row.stableRevisionId === null ? null : await loadRevision(db, row.stableRevisionId);
    return { serviceId: row.id, modelVersionId: stable?.version.id ?? null, spec };
  },
);
