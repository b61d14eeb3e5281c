import { asc, count, eq } from 'drizzle-orm';
import * as z from 'zod';
import { cluster, environment, metricsCredential, policy } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { gatewayRefSchema, metricsSourceSchema } from '../../domain/environment.ts';
import { inOrder } from '../../domain/environment-order.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { environmentRefColumns } from '../rows/environment-refs.ts';

/** Environments of the project in their order; at most 500. */
export const listEnvironments = query(
  {
    permission: 'environments.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => {
    const [rows, counts] = await Promise.all([
      db
        .select({
          ...environmentRefColumns,
          groupName: environment.groupName,
          position: environment.position,
          gateway: environment.gateway,
          hostnames: environment.hostnames,
          metricsSource: environment.metricsSource,
          /** When the secret of the source was stored; null without one. The secret itself is never read. */
          metricsSecretAt: metricsCredential.replacedAt,
          policyId: policy.id,
          policyName: policy.name,
        })
        .from(environment)
        .innerJoin(cluster, eq(cluster.id, environment.clusterId))
        .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
        .innerJoin(policy, eq(policy.id, environment.policyId))
        .where(eq(environment.projectId, projectId))
        .orderBy(asc(environment.position), asc(environment.name))
        .limit(500),
      db
        .select({ environmentId: service.environmentId, total: count() })
        .from(service)
        .where(eq(service.projectId, projectId))
        .groupBy(service.environmentId),
    ]);
    return inOrder(rows).map((row) => ({
      ...row,
      gateway: gatewayRefSchema.parse(row.gateway),
      metricsSource: metricsSourceSchema.parse(row.metricsSource),
      serviceCount: counts.find((entry) => entry.environmentId === row.id)?.total ?? 0,
    }));
  },
);
