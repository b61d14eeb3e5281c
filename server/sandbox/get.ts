import { desc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import {
  defaultClusterBehaviour,
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  valueAt,
} from '../../domain/sandbox.ts';
import { clockOffsetMs } from '../clock.ts';
import { readBehaviours } from '../cluster/sandbox/behaviour.ts';
import { query } from '../query.ts';
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { simulatedRefusal } from './simulated-refusal.ts';

/** What the sandbox was told about a service and the versions of its newest revisions; defaults where nothing was told. */
export const getSandbox = query(
  {
    permission: 'sandbox.get',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const { environment: place } = await loadService(db, input.serviceId);
    const offset = await clockOffsetMs(db, place.clusterId);
    const now = new Date((await ctx.clock(db)).getTime() + offset);
    const versions = await versionsOf(db, input.serviceId);
    const told = await readBehaviours(db, {
      clusterId: place.clusterId,
      until: now,
      subjects: [
        'cluster',
        `service:${input.serviceId}`,
        ...versions.map((version) => `modelVersion:${version.modelVersionId}` as const),
      ],
    });
    const at = now.getTime();
    return {
      simulated: place.clusterKind === 'sandbox',
      clusterId: place.clusterId,
      clockOffsetMs: offset,
      service: valueAt(told.services.get(input.serviceId) ?? [], at, defaultServiceBehaviour),
      cluster: valueAt(told.cluster, at, defaultClusterBehaviour),
      versions: versions.map((version) => ({
        ...version,
        behaviour: valueAt(
          told.modelVersions.get(version.modelVersionId) ?? [],
          at,
          defaultModelVersionBehaviour,
        ),
      })),
      refusals: {
        setFault: viewerRefusal({ principal, projectId }, 'sandbox.setFault') ?? simulatedRefusal(place),
      },
    };
  },
);

/** Versions of the service's newest 20 revisions, each once, newest first. */
async function versionsOf(db: Queries, serviceId: string) {
  const rows = await db
    .select({ modelVersionId: modelVersion.id, modelName: model.name, number: modelVersion.number })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(eq(serviceRevision.serviceId, serviceId))
    .orderBy(desc(serviceRevision.number))
    .limit(20);
  return [...new Map(rows.map((row) => [row.modelVersionId, row])).values()];
}
