import * as z from 'zod';
import { refusalCodes } from './refusal.ts';

const paramsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** A Refusal as it comes back from a JSONB column; apart from its words, so that pages that only build one leave zod out. */
export const refusalSchema = z.object({
  code: z.enum(refusalCodes),
  message: z.string(),
  params: paramsSchema,
  fix: z.string().nullable(),
});

/** A Blocker as it comes back from a JSONB column. */
export const blockerSchema = refusalSchema.extend({
  owner: z.string().nullable(),
  until: z.string().nullable(),
});
