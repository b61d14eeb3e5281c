import { desc, eq } from 'drizzle-orm';
import * as z from 'zod';
import { policy, policyRevision } from '../../db/schema/environments.ts';
import { idSchema } from '../../domain/name.ts';
import { policyRulesSchema } from '../../domain/policy.ts';
import { query } from '../query.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { policyRows } from './rows.ts';

/** Policies of the project by name; at most 500. */
export const listPolicies = query(
  {
    permission: 'policies.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => (await policyRows(db, projectId)).rows,
);

/** One policy with its revisions, newest first, and who could sign at all. */
export const getPolicy = query(
  {
    permission: 'policies.get',
    schema: z.object({ policyId: idSchema }),
    project: (db, input) => rowProject(db, policy, input.policyId),
  },
  async ({ db, input, projectId, principal }) => {
    const { rows, members } = await policyRows(db, projectId);
    const row = onlyRow(rows.filter((entry) => entry.id === input.policyId));
    const revisions = await db
      .select()
      .from(policyRevision)
      .where(eq(policyRevision.policyId, input.policyId))
      .orderBy(desc(policyRevision.number))
      .limit(200);
    const by = await principalRefs(
      db,
      revisions.map((revision) => revision.createdBy),
    );
    return {
      ...row,
      projectId,
      revisions: revisions.map(({ id, number, rules, digest, createdAt, createdBy }) => ({
        id,
        number,
        rules: policyRulesSchema.parse(rules),
        digest,
        createdAt,
        createdBy: by(createdBy),
      })),
      signers: members.map(({ userId, name, roles }) => ({ userId, name, roles: [...roles] })),
      refusals: { revise: viewerRefusal({ principal, projectId }, 'policies.revise') },
    };
  },
);
