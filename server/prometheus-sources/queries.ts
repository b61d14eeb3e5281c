import { and, asc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { environment } from '../../db/schema/environments.ts';
import { prometheusSource } from '../../db/schema/prometheus.ts';
import { service } from '../../db/schema/services.ts';
import { llmHistograms } from '../../domain/drift/llm-histograms.ts';
import { metricsSourceSchema } from '../../domain/environment.ts';
import { idSchema } from '../../domain/name.ts';
import { histogramSourceSchema } from '../../domain/prometheus-source.ts';
import { query } from '../query.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** Histograms that a service counts from its environment's metrics source, how that goes, and which ones that source is known to keep. */
export const listPrometheusSources = query(
  {
    permission: 'prometheusSources.list',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input: { serviceId }, projectId, principal }) => {
    const { id, fields, state, why, stateAt, through, pods, rows, lastRowsAt, gapAt } = prometheusSource;
    const sources = await db
      .select({ id, fields, state, why, stateAt, through, pods, rows, lastRowsAt, gapAt })
      .from(prometheusSource)
      .where(and(eq(prometheusSource.serviceId, serviceId), isNull(prometheusSource.removedAt)))
      .orderBy(asc(prometheusSource.feature));
    const { metrics } = onlyRow(
      await db
        .select({ metrics: environment.metricsSource })
        .from(service)
        .innerJoin(environment, eq(environment.id, service.environmentId))
        .where(eq(service.id, serviceId)),
    );
    const source = metricsSourceSchema.parse(metrics);
    const read = sources.map((row) => ({ ...row, fields: histogramSourceSchema.parse(row.fields) }));
    const known = source.kind === 'prometheus' ? llmHistograms(source.profile) : [];
    return {
      sources: read,
      kept: source.kind,
      /** Histograms of language models that the profile names and that are not counted yet. */
      proposed: known.filter(({ metric }) => read.every(({ fields: own }) => own.metric !== metric)),
      refusals: {
        create: viewerRefusal({ principal, projectId }, 'prometheusSources.create'),
        remove: viewerRefusal({ principal, projectId }, 'prometheusSources.remove'),
      },
    };
  },
);
