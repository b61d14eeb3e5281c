import { and, eq, max } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { idSchema } from '../../domain/name.ts';
import { type PolicyRules, policyRulesSchema, satisfiableRefusal } from '../../domain/policy.ts';
import { DomainError, refusal, refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { signingMembers } from '../project-members.ts';
import { voidPromotions } from '../promotion-void.ts';
import { provingRulesRefusal } from '../rows/proving-rules.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { nobody } from './rows.ts';

const nameSchema = z.string().trim().min(1, 'Give the policy a name.').max(100);

/** Creates a policy; one that nobody could satisfy is refused. */
export const createPolicy = command(
  {
    permission: 'policies.create',
    schema: z.object({ projectId: idSchema, name: nameSchema, rules: policyRulesSchema }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, projectId, principal, now }) => {
    const { name, rules } = input;
    refuse(satisfiableRefusal(rules, await signingMembers(tx, projectId), nobody));
    const [policyId, policyRevisionId] = [newId(), newId()];
    const inserted = await tx
      .insert(policy)
      .values({ id: policyId, projectId, name, currentRevisionId: policyRevisionId })
      .onConflictDoNothing()
      .returning({ id: policy.id });
    if (inserted.length === 0)
      throw new DomainError({ code: 'nameTaken', message: `There is a policy "${name}" already.` });
    await tx.insert(policyRevision).values({
      id: policyRevisionId,
      projectId,
      policyId,
      number: 1,
      rules,
      digest: digestOf(rules),
      createdAt: now,
      createdBy: principal.id,
    });
    refuse(await provingRulesRefusal(tx, projectId));
    return {
      result: { policyId, policyRevisionId },
      audit: [
        {
          object: { kind: 'policy', id: policyId, name },
          sentence: `created the policy ${name}`,
          after: rules,
        },
      ],
    };
  },
);

/** Adds a revision and makes it the current one; requests that were asked for under the old one become void, visibly. */
export const revisePolicy = command(
  {
    permission: 'policies.revise',
    schema: z.object({
      policyId: idSchema,
      rules: policyRulesSchema,
      /** The revision that the form showed; refused when somebody revised it meanwhile. */
      seenRevisionId: idSchema.optional(),
    }),
    project: (tx, input) => rowProject(tx, policy, input.policyId),
  },
  async ({ tx, input, projectId, principal, now }) => {
    const { policyId, rules } = input;
    const found = onlyRow(await tx.select().from(policy).where(eq(policy.id, policyId)).for('update'));
    const before = await currentRules(tx, found.currentRevisionId);
    refuseStale(input.seenRevisionId ?? null, found.currentRevisionId);
    if (digestOf(before) === digestOf(rules))
      throw new DomainError({ code: 'conflict', message: 'The policy says exactly this already.' });
    refuse(satisfiableRefusal(rules, await signingMembers(tx, projectId), nobody));
    const policyRevisionId = newId();
    const number = await nextNumber(tx, policyId);
    await tx.insert(policyRevision).values({
      id: policyRevisionId,
      projectId,
      policyId,
      number,
      rules,
      digest: digestOf(rules),
      createdAt: now,
      createdBy: principal.id,
    });
    await tx.update(policy).set({ currentRevisionId: policyRevisionId }).where(eq(policy.id, policyId));
    refuse(await provingRulesRefusal(tx, projectId));
    const environments = await tx
      .select({ id: environment.id })
      .from(environment)
      .where(and(eq(environment.projectId, projectId), eq(environment.policyId, policyId)));
    const voided = await voidPromotions(tx, {
      environmentIds: environments.map((row) => row.id),
      reason: refusal({
        code: 'policyChanged',
        message: `The policy "${found.name}" was revised after this was asked for, so its signatures no longer count.`,
        params: { policy: found.name },
        fix: 'Ask again: the new request is judged by the new policy.',
      }),
      now,
    });
    return {
      result: { policyId, policyRevisionId, number, voidedPromotionIds: voided.ids },
      audit: [
        {
          object: { kind: 'policy', id: policyId, name: found.name },
          sentence: `revised the policy ${found.name} (revision ${number})`,
          before,
          after: rules,
          related: environments.map(({ id }) => ({ kind: 'environment' as const, id })),
        },
        ...voided.drafts,
      ],
    };
  },
);

async function currentRules(tx: Transaction, revisionId: string): Promise<PolicyRules> {
  const row = onlyRow(
    await tx
      .select({ rules: policyRevision.rules })
      .from(policyRevision)
      .where(eq(policyRevision.id, revisionId)),
  );
  return policyRulesSchema.parse(row.rules);
}

async function nextNumber(tx: Transaction, policyId: string): Promise<number> {
  const rows = await tx
    .select({ last: max(policyRevision.number) })
    .from(policyRevision)
    .where(eq(policyRevision.policyId, policyId));
  return (rows[0]?.last ?? 0) + 1;
}

function refuseStale(seen: string | null, current: string): void {
  if (seen !== null && seen !== current)
    throw new DomainError({
      code: 'conflict',
      message: 'Somebody revised this policy while you were editing it.',
      fix: 'Reload the page and make your change again.',
    });
}
