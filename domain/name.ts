import * as z from 'zod';

/** Names of Services, Environments and namespaces: RFC 1123 labels of at most 63 characters (40 for Services, whose objects add "-r<number>"). */
export const dnsLabelSchema = z
  .string()
  .max(63, 'Use at most 63 characters.')
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    'Use lowercase letters, digits and "-", starting and ending with a letter or digit (a DNS label).',
  );

export const serviceNameSchema = dnsLabelSchema.max(
  40,
  'Use at most 40 characters: the objects of each revision add "-r<number>".',
);

/** MLflow's rule: 1 to 256 characters without "/", ":" or control characters, no blank ends. */
export const modelNameSchema = z
  .string()
  .min(1, 'Give the model a name.')
  .max(256, 'Use at most 256 characters.')
  .regex(/^[^/:\p{Cc}]+$/u, 'A model name has no "/", ":" or control characters.')
  .refine((name) => name === name.trim(), 'A model name has no blanks at its ends.')
  .transform((name) => name.normalize('NFC'));

export const idSchema = z.uuid();
