import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import { kafkaOffset, kafkaSource } from '../../db/schema/kafka.ts';
import { service } from '../../db/schema/services.ts';
import { kafkaAccessSchema } from '../../domain/kafka-source.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** Topics that a service reads, how that goes, and how far each partition was read. */
export const listKafkaSources = query(
  {
    permission: 'kafkaSources.list',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input: { serviceId }, projectId, principal }) => {
    const { id, brokers, topic, format, startAt, access, state, why, stateAt } = kafkaSource;
    const sources = await db
      .select({ id, brokers, topic, format, startAt, access, state, why, stateAt })
      .from(kafkaSource)
      .where(and(eq(kafkaSource.serviceId, serviceId), isNull(kafkaSource.removedAt)))
      .orderBy(asc(topic));
    const partitions = await db
      .select({
        topic: kafkaOffset.topic,
        topicId: kafkaOffset.topicId,
        partition: kafkaOffset.partition,
        next: kafkaOffset.next,
        behind: sql<number>`greatest(0, ${kafkaOffset.logEnd} - ${kafkaOffset.next})`.mapWith(Number),
        gapRecords: kafkaOffset.gapRecords,
        gapAt: kafkaOffset.gapAt,
        readAt: kafkaOffset.updatedAt,
      })
      .from(kafkaOffset)
      .where(eq(kafkaOffset.serviceId, serviceId))
      .orderBy(asc(kafkaOffset.topicId), asc(kafkaOffset.partition))
      .limit(1_000);
    return {
      sources: sources.map((row) => ({
        ...row,
        access: kafkaAccessSchema.parse(row.access),
        partitions: partitions.filter((one) => one.topic === row.topic),
      })),
      refusals: {
        create: viewerRefusal({ principal, projectId }, 'kafkaSources.create'),
        change: viewerRefusal({ principal, projectId }, 'kafkaSources.update'),
      },
    };
  },
);
