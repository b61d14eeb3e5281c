import * as z from 'zod';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { historyFills } from '../rows/history-fills.ts';
import { rowProject } from '../rows/row-project.ts';

/** History that was filled in from files, with how much of it is counted by now. */
export const listHistory = query(
  {
    permission: 'ingest.history',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  ({ db, input }) => historyFills(db, input.serviceId),
);
