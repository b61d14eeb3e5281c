import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { evidence, model, modelVersion } from '../../db/schema/models.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { byteCheck } from '../../domain/byte-check.ts';
import { nextEnvironments } from '../../domain/environment-order.ts';
import { evaluationReportSchema } from '../../domain/evidence-report.ts';
import { type PolicyRules, policyRulesSchema } from '../../domain/policy.ts';
import { type RequestFacts, requestRefusals, targetMissing } from '../../domain/promotion-request.ts';
import { provingPlaceRefusal } from '../../domain/proving.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { type ServiceSpec, serviceSpecSchema } from '../../domain/service-spec.ts';
import { signingMembers } from '../project-members.ts';
import { ownerOf, principalRefs } from '../rows/principal-refs.ts';
import { promotionFacts, promotionRecordColumns } from '../rows/promotion-facts.ts';
import { pinnedImage, specDigestOf, type VersionRecord } from '../rows/revision-record.ts';
import { startedPromotions } from '../rows/started-promotions.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import type { MatrixAsked, MatrixFacts, ServiceRecordRow } from './matrix-facts.ts';

/** Where the version of a cell could go next, and why it may not be asked for; the command would throw the same. */
export type PromoteChoice = {
  readonly environmentId: string;
  /** Null when the environment has no service of this name. */
  readonly serviceId: string | null;
  readonly refusal: Refusal | null;
};

/** Reads what decides for all cells at once; the returned function judges one cell without asking the database. */
export async function promoteChoices(
  queries: Queries,
  facts: MatrixFacts,
  asked: MatrixAsked,
): Promise<(row: ServiceRecordRow) => PromoteChoice[]> {
  const forbidden = viewerRefusal(asked, 'promotions.request');
  const judge = forbidden === null ? await judgeOf(queries, facts, asked) : () => forbidden;
  return (row) => {
    const stable = facts.revisions.maybe(row.stableRevisionId);
    if (stable === null) return [];
    return nextEnvironments(facts.environments, row.environmentId).map((place) => {
      const target = facts.services.find(
        (other) => other.name === row.name && other.environmentId === place.id,
      );
      return {
        environmentId: place.id,
        serviceId: target?.id ?? null,
        refusal:
          target === undefined ? targetMissing(row.name, place.name) : judge(stable.modelVersionId, target),
      };
    });
  };
}

type Judge = (modelVersionId: string, target: ServiceRecordRow) => Refusal | null;

async function judgeOf(queries: Queries, facts: MatrixFacts, asked: MatrixAsked): Promise<Judge> {
  const { services, revisions } = facts;
  const versionIds = services.flatMap((row) => revisions.maybe(row.stableRevisionId)?.modelVersionId ?? []);
  const versions = await versionsOf(queries, versionIds);
  const reports = await newestReports(queries, versionIds);
  const specs = await liveSpecs(queries, services);
  const rules = await rulesInForce(queries, asked.projectId);
  const members = await signingMembers(queries, asked.projectId);
  const pending = await pendingRequests(queries, services, asked);
  const started = await startedPromotions(
    queries,
    services.map((row) => row.stableRevisionId),
  );
  const by = await principalRefs(
    queries,
    [...versions.values()].map((version) => version.createdBy),
  );
  return (modelVersionId, target) => {
    const version = versions.get(modelVersionId);
    const policyRules = rules.get(target.environmentId);
    if (version === undefined || policyRules === undefined)
      throw new Error(`The version or policy of ${target.name} was not loaded.`);
    const spec = specs.get(target.stableRevisionId ?? '') ?? serviceSpecSchema.parse(target.spec);
    const specDigest = specDigestOf(version.id, spec);
    const authors = [ownerOf(by(version.createdBy))].filter((id) => id !== null);
    const found = requestRefusals({
      target,
      version,
      imageDigest: pinnedImage(version, spec),
      specDigest,
      ...servingOf(target, facts, started),
      pendingPromotionId: pending.get(`${target.id} ${specDigest}`) ?? null,
      evidence: reports.get(modelVersionId) ?? null,
      byteCheck: byteCheck(spec.artefact, version),
      rules: policyRules,
      members,
      subject: { requesterUserId: asked.principal.ownerUserId, authorUserIds: authors },
      proving: provingOf(target, policyRules, facts),
    });
    return found[0] ?? null;
  };
}

function servingOf(
  target: ServiceRecordRow,
  { revisions, active }: MatrixFacts,
  started: ReadonlyMap<string, string>,
): Pick<RequestFacts, 'live' | 'active'> {
  const rollout = active.get(target.id);
  const to = revisions.maybe(rollout?.toRevisionId ?? null);
  const live = revisions.maybe(target.stableRevisionId);
  return {
    live: live === null ? null : { ...live, promotionId: started.get(target.stableRevisionId ?? '') ?? null },
    active:
      rollout === undefined || to === null
        ? null
        : {
            rolloutId: rollout.id,
            promotionId: rollout.promotionId,
            number: to.number,
            specDigest: to.specDigest,
          },
  };
}

function provingOf(
  target: ServiceRecordRow,
  { provenIn }: PolicyRules,
  { services, environments }: MatrixFacts,
): Refusal[] {
  const names = new Map(environments.map(({ id, name }) => [id, name]));
  const places = {
    environments: [...names.values()],
    services: services
      .filter((other) => other.name === target.name)
      .map((other) => names.get(other.environmentId) ?? ''),
  };
  return provenIn
    .map((rule) => provingPlaceRefusal(rule, target.name, places))
    .filter((refusal) => refusal !== null);
}

async function versionsOf(queries: Queries, ids: readonly string[]): Promise<Map<string, VersionRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select({ version: modelVersion, modelName: model.name })
    .from(modelVersion)
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(inArray(modelVersion.id, [...new Set(ids)]));
  return new Map(rows.map(({ version, modelName }) => [version.id, { ...version, modelName }]));
}

/** The newest report with thresholds of each version. */
async function newestReports(queries: Queries, ids: readonly string[]) {
  const rows =
    ids.length === 0
      ? []
      : await queries
          .selectDistinctOn([evidence.modelVersionId], {
            id: evidence.id,
            modelVersionId: evidence.modelVersionId,
            verdict: evidence.verdict,
            report: evidence.report,
          })
          .from(evidence)
          .where(
            and(inArray(evidence.modelVersionId, [...new Set(ids)]), ne(evidence.verdict, 'noThreshold')),
          )
          .orderBy(evidence.modelVersionId, desc(evidence.id));
  return new Map(
    rows.map((row) => [
      row.modelVersionId,
      {
        id: row.id,
        name: evaluationReportSchema.parse(row.report).name,
        passed: row.verdict === 'passed',
      },
    ]),
  );
}

/** Specs of the live revisions; a promotion without a spec of its own keeps the one that is live. */
async function liveSpecs(
  queries: Queries,
  services: readonly ServiceRecordRow[],
): Promise<Map<string, ServiceSpec>> {
  const ids = services.map((row) => row.stableRevisionId).filter((id) => id !== null);
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select({ id: serviceRevision.id, spec: serviceRevision.spec })
    .from(serviceRevision)
    .where(inArray(serviceRevision.id, ids));
  return new Map(rows.map(({ id, spec }) => [id, serviceSpecSchema.parse(spec)]));
}

async function rulesInForce(queries: Queries, projectId: string): Promise<Map<string, PolicyRules>> {
  const rows = await queries
    .select({ environmentId: environment.id, rules: policyRevision.rules })
    .from(environment)
    .innerJoin(policy, eq(policy.id, environment.policyId))
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .where(eq(environment.projectId, projectId));
  return new Map(rows.map(({ environmentId, rules }) => [environmentId, policyRulesSchema.parse(rules)]));
}

/** Requests in force by service and content; what has expired or become void meanwhile does not count. */
async function pendingRequests(
  queries: Queries,
  services: readonly ServiceRecordRow[],
  at: { projectId: string; now: Date },
): Promise<Map<string, string>> {
  const records = await queries
    .select({ ...promotionRecordColumns, specDigest: serviceRevision.specDigest })
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .where(
      and(
        eq(promotion.projectId, at.projectId),
        inArray(promotion.state, ['open', 'approved']),
        inArray(
          promotion.serviceId,
          services.map((row) => row.id),
        ),
      ),
    )
    .limit(500);
  const facts = await promotionFacts(queries, records, at);
  const inForce = new Set(
    facts
      .filter((fact) => fact.state === 'open' || fact.state === 'approved')
      .map((fact) => fact.promotion.id),
  );
  return new Map(
    records
      .filter((record) => inForce.has(record.promotion.id))
      .map(({ promotion: row, specDigest }) => [`${row.serviceId} ${specDigest}`, row.id]),
  );
}
