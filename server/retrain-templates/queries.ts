import { asc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { cluster } from '../../db/schema/environments.ts';
import { retrainTemplate } from '../../db/schema/retrains.ts';
import { workDemand, workTemplateSchema } from '../../domain/retrain/template.ts';
import { gpuCountPerPod } from '../../domain/service-spec.ts';
import { query } from '../query.ts';
import { principalRefs } from '../rows/principal-refs.ts';

/** Templates that trainings may start, by cluster and name, with what each takes at the most. */
export const listTemplates = query(
  { permission: 'retrainTemplates.list', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    const rows = await db
      .select({ template: retrainTemplate, cluster: cluster.name })
      .from(retrainTemplate)
      .innerJoin(cluster, eq(cluster.id, retrainTemplate.clusterId))
      .where(isNull(retrainTemplate.removedAt))
      .orderBy(asc(cluster.name), asc(retrainTemplate.name))
      .limit(1_000);
    const people = await principalRefs(
      db,
      rows.map(({ template }) => template.addedBy),
    );
    return rows.map(({ template, cluster: on }) => {
      const object = workTemplateSchema.parse(template.object);
      const { pods, mostSeconds, podTemplate, declared } = workDemand(object);
      return {
        id: template.id,
        name: template.name,
        cluster: on,
        kind: object.kind,
        yaml: template.yaml,
        gpus: podTemplate === null ? declared.gpus : pods * gpuCountPerPod(podTemplate),
        mostSeconds,
        addedAt: template.addedAt,
        addedBy: people(template.addedBy),
      };
    });
  },
);
