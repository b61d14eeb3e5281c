import { service } from '../../db/schema/services.ts';
import { byteCheck } from '../../domain/byte-check.ts';
import { approvalProgress } from '../../domain/policy.ts';
import { query } from '../query.ts';
import { changePreview } from '../rows/change-preview.ts';
import { forecastOf } from '../rows/forecast.ts';
import { preflightView } from '../rows/preflight-view.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { draftSchema, loadDraft } from './draft.ts';
import { draftBlockers, draftRefusals } from './draft-judgement.ts';

/** What a request of this content would change, who would sign it, and why it may not be sent. */
export const previewPromotion = query(
  {
    permission: 'promotions.preview',
    schema: draftSchema,
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, principal, ctx }) => {
    const record = await loadService(db, input.serviceId);
    const now = await ctx.clock(db);
    const draft = await loadDraft(db, { record, input, principal, now });
    const { stable, to, plan, members, subject } = draft;
    const [forecast, preflight, revisions] = await Promise.all([
      forecastOf(db, { serviceId: input.serviceId, stableNumber: stable?.number ?? null, plan, now }),
      preflightView(db, { record, from: stable, to, plan, firstStepIndex: 0, now }),
      revisionRefs(db, [stable?.revisionId ?? null]),
    ]);
    return {
      serviceId: input.serviceId,
      serviceName: record.row.name,
      environment: record.environment,
      from: revisions.maybe(stable?.revisionId ?? null),
      to: {
        number: to.number,
        modelVersionId: to.version.id,
        modelName: to.version.modelName,
        versionNumber: to.version.number,
        byteCheck: byteCheck(to.spec.artefact, to.version),
      },
      preflight,
      change: changePreview({ record, from: stable, to, plan, forecast }),
      policy: record.policy,
      progress: approvalProgress(record.policy.rules, { members, subject }, []),
      evidence: draft.evidence,
      proofs: draft.proofs.proofs,
      refusals: draftRefusals(draft),
      blockers: draftBlockers(draft),
    };
  },
);
