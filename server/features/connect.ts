import { and, asc, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftFeature, driftReservoir, driftUnknownColumn, ingestBatch } from '../../db/schema/drift.ts';
import { environment } from '../../db/schema/environments.ts';
import { ingestTally } from '../../db/schema/ingest.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { signatureColumns } from '../../domain/drift/model-signature.ts';
import { lostSentences, rejectSentences, unjoinedSentences } from '../../domain/drift/row-reject.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { eventDelivery } from '../rows/event-delivery.ts';
import { historyFills } from '../rows/history-fills.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

const mostUnknown = 100;

/** All that the Connect page of a service shows: where to send, what came, and what is counted of it. */
export const getConnection = query(
  {
    permission: 'monitoring.connect',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const { serviceId } = input;
    const named = onlyRow(
      await db
        .select({
          id: service.id,
          name: service.name,
          environment: environment.name,
          revision: serviceRevision.number,
          modelVersionId: modelVersion.id,
          modelName: model.name,
          versionNumber: modelVersion.number,
          signature: modelVersion.signature,
        })
        .from(service)
        .innerJoin(environment, eq(environment.id, service.environmentId))
        .leftJoin(serviceRevision, eq(serviceRevision.id, service.stableRevisionId))
        .leftJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
        .leftJoin(model, eq(model.id, modelVersion.modelId))
        .where(eq(service.id, serviceId)),
    );
    const { signature, ...shown } = named;
    const viewer = { principal, projectId };
    return {
      service: shown,
      url: ctx.publicUrl,
      expected: signatureColumns(signature).map(({ name }) => name),
      came: await whatCame(db, serviceId),
      binnedFeatures: (await activeBinnings(db, serviceId))[0]?.features.length ?? null,
      features: await listedFeatures(db, serviceId),
      unknown: await unknownColumns(db, serviceId),
      rejected: await rejectedRows(db, serviceId),
      delivery: await eventDelivery(db, serviceId, await ctx.clock(db)),
      history: await historyFills(db, serviceId),
      refusals: {
        token: viewerRefusal(viewer, 'tokens.create'),
        map: viewerRefusal(viewer, 'features.map'),
        ignore: viewerRefusal(viewer, 'features.ignore'),
        reference: viewerRefusal(viewer, 'references.create'),
      },
    };
  },
);

/** The first batch, the last one, and rows that bins are learned from now. Null before anything came. */
async function whatCame(db: Queries, serviceId: string) {
  const columns = { at: ingestBatch.receivedAt, source: ingestBatch.source, rows: ingestBatch.rows };
  const of = eq(ingestBatch.serviceId, serviceId);
  const one = async (order: ReturnType<typeof asc>) =>
    (await db.select(columns).from(ingestBatch).where(of).orderBy(order).limit(1))[0] ?? null;
  const [first, last] = [await one(asc(ingestBatch.receivedAt)), await one(desc(ingestBatch.receivedAt))];
  if (first === null || last === null) return null;
  const learning = await db.$count(driftReservoir, eq(driftReservoir.serviceId, serviceId));
  return { first, last, learning };
}

async function listedFeatures(db: Queries, serviceId: string) {
  const { id, name, role, state, why, aliases } = driftFeature;
  return await db
    .select({ id, name, role, state, why, aliases })
    .from(driftFeature)
    .where(eq(driftFeature.serviceId, serviceId))
    .orderBy(sql`array_position(array['refused', 'counted', 'ignored'], ${state})`, name);
}

async function unknownColumns(db: Queries, serviceId: string) {
  const { name, firstSeenAt, lastSeenAt } = driftUnknownColumn;
  return await db
    .select({ name, firstSeenAt, lastSeenAt })
    .from(driftUnknownColumn)
    .where(
      and(
        eq(driftUnknownColumn.serviceId, serviceId),
        sql`not exists (select from ${driftFeature} f where f.service_id = ${driftUnknownColumn.serviceId}
          and (f.name = ${name} or ${name} = any(f.aliases)))`,
      ),
    )
    .orderBy(name)
    .limit(mostUnknown);
}

async function rejectedRows(db: Queries, serviceId: string) {
  const rows = await db
    .select({
      name: ingestTally.name,
      kind: ingestTally.kind,
      rows: ingestTally.rows,
      source: ingestTally.source,
      at: ingestTally.lastAt,
    })
    .from(ingestTally)
    .where(eq(ingestTally.serviceId, serviceId))
    .orderBy(desc(ingestTally.rows));
  const sentences: Readonly<Record<string, string>> = {
    ...rejectSentences,
    ...lostSentences,
    ...unjoinedSentences,
  };
  return rows.map((row) => ({ ...row, sentence: sentences[row.name] ?? row.name }));
}
