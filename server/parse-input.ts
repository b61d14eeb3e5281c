import type * as z from 'zod';
import { DomainError } from '../domain/refusal.ts';

/** Parses at the edge; the first problem becomes one sentence that names the field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw new DomainError({
    code: 'invalidInput',
    message:
      field === ''
        ? (issue?.message ?? 'The input is not valid.')
        : `${field}: ${issue?.message ?? 'is not valid.'}`,
    params: { field, problems: parsed.error.issues.length },
  });
}
