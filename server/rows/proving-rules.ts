import { asc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { policyRulesSchema, provingCircleRefusal } from '../../domain/policy.ts';
import { environmentUnknown } from '../../domain/proving.ts';
import type { Refusal } from '../../domain/refusal.ts';

/**
 * Why the environments and policies of a project do not fit together as they are stored now, or null: a policy in force
 * that names an environment which is not there, or environments that wait for each other. Asked after the write, in the
 * transaction that made it.
 */
export async function provingRulesRefusal(queries: Queries, projectId: string): Promise<Refusal | null> {
  const policies = await queries
    .select({ id: policy.id, rules: policyRevision.rules })
    .from(policy)
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .where(eq(policy.projectId, projectId))
    .orderBy(asc(policy.name));
  const environments = await queries
    .select({ name: environment.name, policyId: environment.policyId })
    .from(environment)
    .where(eq(environment.projectId, projectId))
    .orderBy(asc(environment.position));
  const names = new Set(environments.map(({ name }) => name));
  const asked = new Map(
    policies.map(({ id, rules }) => [
      id,
      policyRulesSchema.parse(rules).provenIn.map((rule) => rule.environment),
    ]),
  );
  const unknown = [...asked.values()].flat().find((name) => !names.has(name));
  if (unknown !== undefined) return environmentUnknown(unknown);
  return provingCircleRefusal(
    new Map(environments.map(({ name, policyId }) => [name, asked.get(policyId) ?? []])),
  );
}
