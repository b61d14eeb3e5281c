import { and, eq, isNull, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { kafkaSource } from '../../db/schema/kafka.ts';
import { service } from '../../db/schema/services.ts';
import {
  brokerAddress,
  type KafkaFields,
  kafkaAccessSchema,
  kafkaFieldsSchema,
} from '../../domain/kafka-source.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { isSameKafka, type KafkaPlace, sealKafkaSecret } from '../kafka-secret.ts';
import { refuseForbiddenAddress } from '../rows/forbidden-address.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

/** Topics of one service. */
const mostSources = 10;

const passwordSchema = z
  .string()
  .regex(/^[^\p{Cc}]{1,4000}$/u, 'A password is one line of at most 4000 characters.');

const kept = ({ brokers, topic, format, startAt, access }: KafkaFields) => ({
  brokers,
  topic,
  format,
  startAt,
  access,
});

async function refuseBrokers(tx: Transaction, { brokers }: KafkaFields): Promise<void> {
  for (const broker of brokers) await refuseForbiddenAddress(tx, brokerAddress(broker), 'brokers');
}

async function refuseTaken(tx: Transaction, own: { id: string; serviceId: string; topic: string }) {
  const others = await tx
    .select({ topic: kafkaSource.topic })
    .from(kafkaSource)
    .where(
      and(
        eq(kafkaSource.serviceId, own.serviceId),
        isNull(kafkaSource.removedAt),
        ne(kafkaSource.id, own.id),
      ),
    );
  if (others.some(({ topic }) => topic === own.topic))
    throw new DomainError({
      code: 'nameTaken',
      message: `The service reads the topic ${own.topic} already.`,
      params: { field: 'topic' },
    });
  if (others.length >= mostSources)
    throw new DomainError({
      code: 'invalidInput',
      message: `A service reads at most ${mostSources} topics.`,
    });
}

type Before = { readonly place: KafkaPlace; readonly sealedSecret: string | null };

/** The sealed password; a stored one never follows to other brokers or another user. */
function sealedOf(
  { workerPublicKey }: Context,
  place: KafkaPlace,
  { password, before }: { password: string | null; before: Before | null },
): string | null {
  if (place.access.sasl === null) return null;
  if (password !== null) return sealKafkaSecret(workerPublicKey, password, place);
  if (before !== null && before.sealedSecret !== null && isSameKafka(before.place, place))
    return before.sealedSecret;
  throw new DomainError({
    code: 'invalidInput',
    message: 'password: Give the password: it is not kept for another user or other brokers.',
    params: { field: 'password' },
  });
}

/** Reads the rows of a service from a topic; a worker begins within seconds and says what it meets. */
export const createKafkaSource = command(
  {
    permission: 'kafkaSources.create',
    schema: kafkaFieldsSchema.extend({ serviceId: idSchema, password: passwordSchema.nullish() }),
    project: (tx, { serviceId }) => rowProject(tx, service, serviceId),
  },
  async ({ tx, input, principal, projectId, now, ctx }) => {
    const { serviceId, password = null, ...fields } = input;
    const id = newId();
    const { name } = await lockedService(tx, serviceId);
    await refuseTaken(tx, { id, serviceId, topic: fields.topic });
    await refuseBrokers(tx, fields);
    const sealedSecret = sealedOf(ctx, { sourceId: id, ...fields }, { password, before: null });
    await tx.insert(kafkaSource).values({
      id,
      projectId,
      serviceId,
      ...kept(fields),
      sealedSecret,
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { sourceId: id },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name },
          sentence: `reads rows of ${name} from the topic ${fields.topic}`,
          after: kept(fields),
        },
      ],
    };
  },
);

/** Serialises what decides by the other sources of the service. */
async function lockedService(tx: Transaction, serviceId: string) {
  return onlyRow(
    await tx.select({ name: service.name }).from(service).where(eq(service.id, serviceId)).for('update'),
  );
}

async function sourceRow(tx: Transaction, sourceId: string) {
  const own = and(eq(kafkaSource.id, sourceId), isNull(kafkaSource.removedAt));
  return onlyRow(await tx.select().from(kafkaSource).where(own).for('update'));
}

const ofSource = async (tx: Transaction, { sourceId }: { sourceId: string }) =>
  (await sourceRow(tx, sourceId)).projectId;

/** Reads it otherwise; where a partition stands is kept by its topic, so nothing is counted twice. */
export const updateKafkaSource = command(
  {
    permission: 'kafkaSources.update',
    schema: kafkaFieldsSchema
      .omit({ startAt: true })
      .extend({ sourceId: idSchema, password: passwordSchema.nullish() }),
    project: ofSource,
  },
  async ({ tx, input, ctx }) => {
    const { sourceId, password = null, ...changed } = input;
    const row = await sourceRow(tx, sourceId);
    const { name } = await lockedService(tx, row.serviceId);
    const fields = { ...changed, startAt: row.startAt };
    await refuseTaken(tx, { id: sourceId, serviceId: row.serviceId, topic: fields.topic });
    await refuseBrokers(tx, fields);
    const access = kafkaAccessSchema.parse(row.access);
    const before = { place: { sourceId, brokers: row.brokers, access }, sealedSecret: row.sealedSecret };
    const sealedSecret = sealedOf(ctx, { sourceId, ...fields }, { password, before });
    await tx
      .update(kafkaSource)
      .set({ ...kept(fields), sealedSecret, generation: row.generation + 1, state: 'new', why: null })
      .where(eq(kafkaSource.id, sourceId));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'service', id: row.serviceId, name },
          sentence: `changed how rows of ${name} are read from the topic ${fields.topic}`,
          before: kept({ ...row, access }),
          after: kept(fields),
        },
      ],
    };
  },
);

/** Stops reading and forgets the password; what was counted stays, and so does where each partition stood. */
export const removeKafkaSource = command(
  { permission: 'kafkaSources.remove', schema: z.object({ sourceId: idSchema }), project: ofSource },
  async ({ tx, input, now }) => {
    const row = await sourceRow(tx, input.sourceId);
    const { name } = await lockedService(tx, row.serviceId);
    await tx
      .update(kafkaSource)
      .set({ removedAt: now, sealedSecret: null, generation: row.generation + 1 })
      .where(eq(kafkaSource.id, row.id));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'service', id: row.serviceId, name },
          sentence: `no longer reads rows of ${name} from the topic ${row.topic}`,
          before: kept({ ...row, access: kafkaAccessSchema.parse(row.access) }),
        },
      ],
    };
  },
);
