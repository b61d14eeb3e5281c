import { and, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { prometheusSource } from '../../db/schema/prometheus.ts';
import { service } from '../../db/schema/services.ts';
import { latestMs } from '../../domain/drift/row-reject.ts';
import { fiveMinutesMs } from '../../domain/drift/window.ts';
import { idSchema } from '../../domain/name.ts';
import { type HistogramSource, histogramSourceSchema } from '../../domain/prometheus-source.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

/** Histograms of one service. */
const mostSources = 20;

async function refuseTaken(tx: Transaction, serviceId: string, feature: string): Promise<void> {
  const others = await tx
    .select({ feature: prometheusSource.feature })
    .from(prometheusSource)
    .where(and(eq(prometheusSource.serviceId, serviceId), isNull(prometheusSource.removedAt)));
  if (others.some((other) => other.feature === feature))
    throw new DomainError({
      code: 'nameTaken',
      message: `The feature ${feature} is counted from a histogram already.`,
      params: { field: 'feature' },
    });
  if (others.length >= mostSources)
    throw new DomainError({
      code: 'invalidInput',
      message: `A service counts at most ${mostSources} histograms.`,
    });
}

const floorOf = (atMs: number) => new Date(Math.floor(atMs / fiveMinutesMs) * fiveMinutesMs);

/** Counts a histogram of the environment's Prometheus as a feature of a service; a worker begins within seconds. */
export const createPrometheusSource = command(
  {
    permission: 'prometheusSources.create',
    schema: histogramSourceSchema.extend({ serviceId: idSchema }),
    project: (tx, { serviceId }) => rowProject(tx, service, serviceId),
  },
  async ({ tx, input, principal, projectId, now }) => {
    const { serviceId, ...given } = input;
    const fields: HistogramSource = given;
    const id = newId();
    const { name } = onlyRow(
      await tx.select({ name: service.name }).from(service).where(eq(service.id, serviceId)).for('update'),
    );
    await refuseTaken(tx, serviceId, fields.feature);
    await tx.insert(prometheusSource).values({
      id,
      projectId,
      serviceId,
      feature: fields.feature,
      fields,
      createdAt: now,
      createdBy: principal.id,
      dueAt: sql`clock_timestamp()`,
      through: floorOf(now.getTime() - (fields.startAt === 'earliest' ? latestMs : 0)),
    });
    return {
      result: { sourceId: id },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name },
          sentence: `counts ${fields.feature} of ${name} from the histogram ${fields.metric} of Prometheus`,
          after: fields,
        },
      ],
    };
  },
);

async function sourceRow(tx: Transaction, sourceId: string) {
  const own = and(eq(prometheusSource.id, sourceId), isNull(prometheusSource.removedAt));
  return onlyRow(await tx.select().from(prometheusSource).where(own).for('update'));
}

/** Counts it no longer; what was counted stays. */
export const removePrometheusSource = command(
  {
    permission: 'prometheusSources.remove',
    schema: z.object({ sourceId: idSchema }),
    project: async (tx, { sourceId }) => (await sourceRow(tx, sourceId)).projectId,
  },
  async ({ tx, input, now }) => {
    const row = await sourceRow(tx, input.sourceId);
    const { name } = onlyRow(
      await tx.select({ name: service.name }).from(service).where(eq(service.id, row.serviceId)),
    );
    await tx
      .update(prometheusSource)
      .set({ removedAt: now, looks: null })
      .where(eq(prometheusSource.id, row.id));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'service', id: row.serviceId, name },
          sentence: `no longer counts ${row.feature} of ${name} from Prometheus`,
          before: histogramSourceSchema.parse(row.fields),
        },
      ],
    };
  },
);
