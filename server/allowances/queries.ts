import { asc } from 'drizzle-orm';
import * as z from 'zod';
import { egressAllowance } from '../../db/schema/egress.ts';
import { query } from '../query.ts';
import { principalRefs } from '../rows/principal-refs.ts';

/** Private hosts and ranges that may be called, by name. */
export const listEgress = query(
  { permission: 'egress.list', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    const rows = await db.select().from(egressAllowance).orderBy(asc(egressAllowance.target)).limit(1_000);
    const ids = rows.flatMap(({ addedBy }) => (addedBy === null ? [] : [addedBy]));
    const personOf = await principalRefs(db, ids);
    return rows.map(({ addedBy, ...row }) => ({
      ...row,
      /** Null for what was in use before the list existed. */
      addedBy: addedBy === null ? null : personOf(addedBy),
    }));
  },
);
