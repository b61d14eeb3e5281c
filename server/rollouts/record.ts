import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { rollout, rolloutRecord } from '../../db/schema/rollouts.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { missingParts, rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { digestOf } from '../digest.ts';
import { query } from '../query.ts';
import { rowProject } from '../rows/row-project.ts';
import { toldOf } from '../rows/told.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

const withheld = { kind: 'missing', why: 'Its logs are for those who may read logs.' } as const;

/** What was frozen of an abort or roll back; `intact` says that it still has the digest that the audit chain carries. */
export const getRecord = query(
  {
    permission: 'rollouts.record',
    schema: z.object({ rolloutId: idSchema }),
    project: (db, input) => rowProject(db, rollout, input.rolloutId),
  },
  async ({ db, input, principal, projectId }) => {
    const [found] = await db.select().from(rolloutRecord).where(eq(rolloutRecord.rolloutId, input.rolloutId));
    if (found === undefined)
      throw new DomainError({
        code: 'notFound',
        message: 'Nothing was recorded of this rollout: only of what goes back a record is frozen.',
      });
    const record = rolloutRecordSchema.parse(found.record);
    const logsRefusal = viewerRefusal({ principal, projectId }, 'services.readLogs');
    const shown = logsRefusal === null ? record : { ...record, logs: withheld };
    return {
      digest: found.digest,
      intact: digestOf(found.record) === found.digest,
      missing: missingParts(record),
      logsRefusal,
      /** Most of it is only on its way when the record is frozen. */
      toldNow: await toldOf(db, input.rolloutId),
      record: shown,
    };
  },
);
