import { and, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftBinning, driftMonitor, driftReference } from '../../db/schema/drift.ts';
import { principal } from '../../db/schema/identity.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service } from '../../db/schema/services.ts';
import { withdrawRebaseRefusal } from '../../domain/drift/rebase.ts';
import { idSchema } from '../../domain/name.ts';
import type { Principal } from '../../domain/principal.ts';
import { query } from '../query.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { missingSignatures } from '../rows/budget-request-facts.ts';
import { type RebaseFacts, rebaseDecisionRefusal, rebaseFacts } from '../rows/rebase-facts.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** References of a service, current ones first, and the bins on which new ones and batches of counts are made. */
export const listReferences = query(
  {
    permission: 'references.list',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal: viewer, ctx }) => {
    const { serviceId } = input;
    const now = await ctx.clock(db);
    const references = await db
      .select({
        id: driftReference.id,
        kind: driftReference.kind,
        name: driftReference.name,
        rows: driftReference.rows,
        fromAt: driftReference.fromAt,
        toAt: driftReference.toAt,
        modelName: model.name,
        versionNumber: modelVersion.number,
        createdAt: driftReference.createdAt,
        createdBy: principal.name,
        replacedAt: driftReference.replacedAt,
      })
      .from(driftReference)
      .leftJoin(modelVersion, eq(modelVersion.id, driftReference.modelVersionId))
      .leftJoin(model, eq(model.id, modelVersion.modelId))
      .leftJoin(principal, eq(principal.id, driftReference.createdBy))
      .where(and(eq(driftReference.projectId, projectId), eq(driftReference.serviceId, serviceId)))
      .orderBy(sql`${driftReference.replacedAt} is null desc`, desc(driftReference.createdAt))
      .limit(50);
    const [monitor] = await db
      .select({ referenceKind: driftMonitor.referenceKind, windowLength: driftMonitor.windowLength })
      .from(driftMonitor)
      .where(eq(driftMonitor.serviceId, serviceId));
    const of = onlyRow(
      await db.select({ name: service.name }).from(service).where(eq(service.id, serviceId)),
    );
    return {
      service: { id: serviceId, name: of.name },
      monitor: monitor ?? null,
      references: references.map((row) => ({
        ...row,
        isUsed: row.replacedAt === null && row.kind === monitor?.referenceKind,
      })),
      binning: await activeBins(db, serviceId),
      rebases: (await rebaseFacts(db, { serviceId }, now)).map((facts) => rebaseView(facts, viewer)),
      refusals: {
        create: viewerRefusal({ principal: viewer, projectId }, 'references.create'),
        rebase: viewerRefusal({ principal: viewer, projectId }, 'references.rebase'),
      },
    };
  },
);

function rebaseView(facts: RebaseFacts, viewer: Principal) {
  const { rebase, action, state, progress, requestedBy } = facts;
  const { id, name, fromAt, toAt, newBinsDays, windowLength, reason, requestedAt, activatesAt } = rebase;
  return {
    id,
    name,
    fromAt,
    toAt,
    newBinsDays,
    windowLength,
    reason,
    requestedAt,
    activatesAt,
    state,
    requestedBy,
    subjectDigest: action.subjectDigest,
    missing: missingSignatures(progress),
    canStillSign: progress.canStillSign.map((one) => one.name),
    refusals: {
      approve: rebaseDecisionRefusal(facts, 'approve', viewer),
      reject: rebaseDecisionRefusal(facts, 'reject', viewer),
      withdraw:
        viewerRefusal({ principal: viewer, projectId: rebase.projectId }, 'references.withdraw') ??
        withdrawRebaseRefusal(state, newBinsDays),
    },
  };
}

async function activeBins(db: Queries, serviceId: string) {
  const [active] = await activeBinnings(db, serviceId);
  if (active === undefined) return null;
  const [row] = await db
    .select({ number: driftBinning.number, digest: driftBinning.digest })
    .from(driftBinning)
    .where(eq(driftBinning.id, active.binningId));
  return row === undefined ? null : { ...row, features: active.features };
}
