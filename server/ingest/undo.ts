import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { unpackContribution } from '../../domain/drift/contribution.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { notifyChange } from '../audit/append.ts';
import { command } from '../command.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { addParts } from './add-parts.ts';
import { lockCounters } from './fold.ts';
import { releaseKeys } from './prediction-keys.ts';

type Stored = {
  id: string;
  contribution: Uint8Array | null;
  rows: number;
  folded: boolean;
  undone: boolean;
  kept: boolean;
  service_name: string;
};

/** Takes a batch out of the counters again, exactly; possible for seven days, once. */
export const undoBatch = command(
  {
    permission: 'ingest.undo',
    schema: z.object({
      serviceId: idSchema,
      source: z.string().min(1).max(200),
      batchId: z.string().min(1).max(200),
      comment: z.string().trim().max(500).optional(),
    }),
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, projectId, now }) => {
    const { serviceId, source, batchId } = input;
    await lockCounters(tx, serviceId);
    const batch = onlyRow(await storedBatch(tx, input));
    if (batch.undone) throw refused(`The batch ${batchId} of ${source} is undone already.`);
    if (!batch.kept) throw refused('A batch can be undone for seven days, and this one is older.');
    if (batch.folded && batch.contribution !== null)
      await addParts(
        tx,
        { projectId, serviceId },
        { parts: unpackContribution(batch.contribution), takeAway: true },
      );
    await tx.execute(sql`
      update ingest_batch set undone_at = ${now.toISOString()}::timestamptz, folded_at = coalesce(folded_at, ${now.toISOString()}::timestamptz)
      where id = ${batch.id}`);
    await releaseKeys(tx, serviceId, batch.id);
    await notifyChange(tx, { projectId, topic: 'drift', id: serviceId });
    return {
      result: { rows: batch.rows },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: batch.service_name },
          sentence: `took the ${batch.rows} rows of batch ${batchId} from ${source} out of the drift counters`,
          after: { source, batchId, rows: batch.rows },
          comment: input.comment,
        },
      ],
    };
  },
);

const refused = (message: string) => new DomainError({ code: 'wrongState', message });

async function storedBatch(
  tx: Transaction,
  input: { serviceId: string; source: string; batchId: string },
): Promise<Stored[]> {
  const { rows } = await tx.execute<Stored>(sql`
    select b.id, b.contribution, b.rows, b.folded_at is not null as folded, b.undone_at is not null as undone,
      b.received_at > clock_timestamp() - interval '7 days' as kept, s.name as service_name
    from ingest_batch b join service s on s.id = b.service_id
    where b.service_id = ${input.serviceId} and b.source = ${input.source} and b.batch_id = ${input.batchId}
    for update of b`);
  return rows;
}
