import { desc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { evidence } from '../../db/schema/models.ts';
import { type EvaluationReport, evaluationReportSchema } from '../../domain/evidence-report.ts';
import { type PrincipalRef, principalRefs } from './principal-refs.ts';

export type EvidenceItem = {
  readonly id: string;
  readonly kind: 'evaluation';
  readonly verdict: 'passed' | 'failed' | 'noThreshold';
  readonly digest: string;
  readonly report: EvaluationReport;
  readonly createdAt: Date;
  readonly createdBy: PrincipalRef;
};

/** A version's evidence, newest first; at most 100. */
export async function evidenceItems(queries: Queries, modelVersionId: string): Promise<EvidenceItem[]> {
  const rows = await queries
    .select()
    .from(evidence)
    .where(eq(evidence.modelVersionId, modelVersionId))
    .orderBy(desc(evidence.id))
    .limit(100);
  const by = await principalRefs(
    queries,
    rows.map((row) => row.createdBy),
  );
  return rows.map(({ id, kind, verdict, digest, report, createdAt, createdBy }) => ({
    id,
    kind,
    verdict,
    digest,
    report: evaluationReportSchema.parse(report),
    createdAt,
    createdBy: by(createdBy),
  }));
}
