import { and, eq, inArray } from 'drizzle-orm';
import type { Database, Queries } from '../../../db/client.ts';
import { cluster, environment } from '../../../db/schema/environments.ts';
import { account, membership, principal, project } from '../../../db/schema/identity.ts';
import { service, serviceRevision } from '../../../db/schema/services.ts';
import { roles as allRoles, type Role } from '../../../domain/permission.ts';
import type { Principal } from '../../../domain/principal.ts';
import { type DemoPerson, demoEmail } from '../demo-catalogue.ts';
import { type DemoPredictions, demoPredictions } from './demo-columns.ts';

/** A service of the demo that sends what it predicts. */
export type DemoService = DemoPredictions & {
  readonly projectId: string;
  readonly serviceId: string;
  readonly clusterId: string;
  readonly namespace: string;
  readonly stable: { readonly revisionId: string; readonly modelVersionId: string };
};

/** Of the demo's production, in the sandbox; empty where the demo is not in this database. */
export async function demoServices(queries: Queries): Promise<DemoService[]> {
  const models = demoPredictions();
  const rows = await queries
    .select({
      name: service.name,
      projectId: service.projectId,
      serviceId: service.id,
      clusterId: environment.clusterId,
      namespace: environment.namespace,
      revisionId: serviceRevision.id,
      modelVersionId: serviceRevision.modelVersionId,
    })
    .from(service)
    .innerJoin(project, eq(project.id, service.projectId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .innerJoin(cluster, eq(cluster.id, environment.clusterId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, service.stableRevisionId))
    .where(
      and(
        eq(project.slug, 'demo'),
        eq(cluster.kind, 'sandbox'),
        eq(environment.production, true),
        inArray(
          service.name,
          models.map(({ serviceName }) => serviceName),
        ),
      ),
    );
  return rows.flatMap(({ name, revisionId, modelVersionId, ...row }) => {
    const model = models.find(({ serviceName }) => serviceName === name);
    return model === undefined ? [] : [{ ...model, ...row, stable: { revisionId, modelVersionId } }];
  });
}

/** One of the demo's people with the roles of now; null when there is no such person any more. */
export async function demoPrincipal(
  db: Database,
  person: DemoPerson,
  projectId: string,
): Promise<Principal | null> {
  const [row] = await db
    .select({ id: principal.id, name: principal.name, roles: membership.heldRoles })
    .from(account)
    .innerJoin(principal, eq(principal.id, account.userId))
    .innerJoin(membership, eq(membership.userId, account.userId))
    .where(and(eq(account.email, demoEmail(person)), eq(membership.projectId, projectId)));
  if (row === undefined) return null;
  const { id, name, roles } = row;
  const memberships = new Map([
    [
      projectId,
      new Set(roles.filter((role): role is Role => (allRoles as readonly string[]).includes(role))),
    ],
  ]);
  return { id, kind: 'user', ownerUserId: id, name, instanceRoles: [], memberships };
}
