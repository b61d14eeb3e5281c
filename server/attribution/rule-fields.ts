import * as z from 'zod';
import { costRoles } from '../../domain/metering/facts.ts';
import { idSchema } from '../../domain/name.ts';

const partSchema = z
  .string()
  .trim()
  .regex(/^(\*|[^\s*\p{Cc}]{1,253})$/u, 'Give one name, or "*" for any.');

/** What a rule is about and whose it makes it. */
export const ruleMatchFields = {
  /** Null for every cluster. */
  clusterId: idSchema.nullable(),
  namespace: partSchema,
  ownerKind: partSchema,
  ownerName: partSchema,
  projectId: idSchema,
  role: z.enum(costRoles).nullable(),
  validFrom: z.date(),
};
