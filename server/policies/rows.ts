import { asc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { type Member, type PolicyRules, policyRulesSchema, satisfiableRefusal } from '../../domain/policy.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { signingMembers } from '../project-members.ts';
import { type PrincipalRef, principalRefs } from '../rows/principal-refs.ts';

export type PolicyRow = {
  readonly id: string;
  readonly name: string;
  readonly revisionId: string;
  readonly number: number;
  readonly rules: PolicyRules;
  readonly createdAt: Date;
  readonly createdBy: PrincipalRef;
  readonly environments: readonly { readonly id: string; readonly name: string }[];
  /** Why nobody could satisfy it with today's members, or null. */
  readonly unsatisfiable: Refusal | null;
};

/** A policy as such is judged without a requester: who asks is known only later. */
export const nobody = { requesterUserId: null, authorUserIds: [] };

/** Policies of the project by name, with the members who may sign at all. */
export async function policyRows(
  db: Queries,
  projectId: string,
): Promise<{ rows: PolicyRow[]; members: Member[] }> {
  const found = await db
    .select({ policy, revision: policyRevision })
    .from(policy)
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .where(eq(policy.projectId, projectId))
    .orderBy(asc(policy.name))
    .limit(500);
  const used = await db
    .select({ id: environment.id, name: environment.name, policyId: environment.policyId })
    .from(environment)
    .where(eq(environment.projectId, projectId))
    .orderBy(asc(environment.position));
  const members = await signingMembers(db, projectId);
  const by = await principalRefs(
    db,
    found.map((row) => row.revision.createdBy),
  );
  const rows = found.map((row) => {
    const rules = policyRulesSchema.parse(row.revision.rules);
    return {
      id: row.policy.id,
      name: row.policy.name,
      revisionId: row.revision.id,
      number: row.revision.number,
      rules,
      createdAt: row.revision.createdAt,
      createdBy: by(row.revision.createdBy),
      environments: used
        .filter((entry) => entry.policyId === row.policy.id)
        .map(({ id, name }) => ({ id, name })),
      unsatisfiable: satisfiableRefusal(rules, members, nobody),
    };
  });
  return { rows, members };
}
