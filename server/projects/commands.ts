import { asc, sql } from 'drizzle-orm';
import * as z from 'zod';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { policy, policyRevision } from '../../db/schema/environments.ts';
import { membership, project } from '../../db/schema/identity.ts';
import { dnsLabelSchema } from '../../domain/name.ts';
import { openPolicy } from '../../domain/policy.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';

const projectsOf = prepared((queries, value: ValueOf<{ ids: readonly string[] }>) =>
  queries
    .select()
    .from(project)
    .where(sql`${project.id} = any(${value('ids')})`)
    .orderBy(asc(project.name)),
);

/** Projects of the caller, by name. */
export const listProjects = query(
  { permission: 'projects.list', schema: z.void(), project: 'instance' },
  async ({ db, principal }) => {
    const ids = [...principal.memberships.keys()];
    if (ids.length === 0) return [];
    return await projectsOf(db, { ids });
  },
);

/** Creates a project with its first policy (nobody has to sign) and makes the caller its admin. */
export const createProject = command(
  {
    permission: 'projects.create',
    schema: z.object({ name: z.string().trim().min(1).max(200), slug: dnsLabelSchema }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const taken = await tx
      .select({ id: project.id })
      .from(project)
      .where(sql`${project.slug} = ${input.slug}`);
    if (taken.length > 0)
      throw new DomainError({ code: 'nameTaken', message: `There is a project "${input.slug}" already.` });
    const projectId = newId();
    await tx.insert(project).values({ id: projectId, name: input.name, slug: input.slug, createdAt: now });
    if (principal.kind === 'user')
      await tx
        .insert(membership)
        .values({ projectId, userId: principal.id, roles: ['admin', 'operator', 'engineer'] });
    const [policyId, revisionId] = [newId(), newId()];
    await tx
      .insert(policy)
      .values({ id: policyId, projectId, name: 'Nobody has to sign', currentRevisionId: revisionId });
    await tx.insert(policyRevision).values({
      id: revisionId,
      projectId,
      policyId,
      number: 1,
      rules: openPolicy,
      digest: digestOf(openPolicy),
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { id: projectId, policyId },
      audit: [
        {
          object: { kind: 'project', id: projectId, name: input.name },
          sentence: `created the project ${input.name}`,
          after: input,
        },
        {
          object: { kind: 'policy', id: policyId, name: 'Nobody has to sign' },
          sentence: 'created the policy Nobody has to sign',
          action: 'policies.create',
          after: openPolicy,
        },
      ],
    };
  },
);
