import * as z from 'zod';

/** batch: the body of /api/ingest/v1/batch, with or without an id · kserve: CloudEvents of KServe's logger. */
export const kafkaFormats = ['batch', 'kserve'] as const;
export const kafkaStarts = ['earliest', 'latest'] as const;
const kafkaMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

const brokerPattern =
  /^(\[[0-9a-f.:]{2,45}\]|[a-z0-9]([a-z0-9-]{0,62})?(\.[a-z0-9]([a-z0-9-]{0,62})?)*):(\d{1,5})$/;

/** `host:port`, the host as egress allows it. */
const brokerSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(260)
  .regex(brokerPattern, 'A broker is given as host:port, such as kafka.example:9092.');

/** Host without brackets, and port. */
export function brokerAddress(broker: string): { readonly host: string; readonly port: number } {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(broker.slice(colon + 1)) };
}

/** How brokers are spoken to; the password lies elsewhere, sealed. */
export const kafkaAccessSchema = z
  .object({
    tls: z.boolean(),
    /** The certificates that alone are trusted; null: those of the system. */
    caPem: z.string().trim().min(1).max(100_000).nullable(),
    sasl: z
      .object({ mechanism: z.enum(kafkaMechanisms), username: z.string().trim().min(1).max(200) })
      .nullable(),
  })
  .refine(({ tls, sasl }) => tls || sasl?.mechanism !== 'PLAIN', {
    path: ['sasl'],
    message: 'PLAIN sends the password as it is: use TLS, or SCRAM.',
  });
export type KafkaAccess = z.output<typeof kafkaAccessSchema>;

export const kafkaFieldsSchema = z.object({
  brokers: z.array(brokerSchema).min(1, 'Name a broker.').max(20),
  topic: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'A topic has letters, digits, ".", "_" and "-", at most 249.'),
  format: z.enum(kafkaFormats),
  startAt: z.enum(kafkaStarts),
  access: kafkaAccessSchema,
});
export type KafkaFields = z.output<typeof kafkaFieldsSchema>;
