import * as z from 'zod';
import {
  amountTextSchema,
  budgetLevelSchema,
  budgetPeriodSchema,
  budgetScopeSchema,
  budgetSettingsSchema,
  budgetUnits,
  usualSettings,
} from '../../domain/budget/budget-schema.ts';
import { idSchema } from '../../domain/name.ts';

const nameSchema = z.string().trim().min(1, 'Give the budget a name.').max(100);
const reasonSchema = z.string().trim().max(1_000).default('');

export const createSchema = z.object({
  name: nameSchema,
  parentId: idSchema.nullable().default(null),
  scope: budgetScopeSchema,
  unit: z.enum(budgetUnits),
  /** Code of the amount's currency (ISO 4217); null for GPU-hours. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'A currency is three letters, such as EUR.')
    .nullable()
    .default(null),
  period: budgetPeriodSchema,
  settings: budgetSettingsSchema.default(usualSettings),
  level: budgetLevelSchema.default(1),
  /** In milli-GPU-seconds or nano of the currency, for every period. */
  amount: amountTextSchema,
});
export type CreateInput = z.output<typeof createSchema>;

export const updateSchema = z.object({
  budgetId: idSchema,
  /** The generation that the form showed; refused when somebody changed the budget meanwhile. */
  seenGeneration: z.int().optional(),
  name: nameSchema.optional(),
  parentId: idSchema.nullable().optional(),
  settings: budgetSettingsSchema.optional(),
  level: budgetLevelSchema.optional(),
});
export type UpdateInput = z.output<typeof updateSchema>;

export const setBaseSchema = z.object({
  budgetId: idSchema,
  amount: amountTextSchema,
  /** A change from the next period on leaves the running one as it was promised. */
  from: z.enum(['now', 'nextPeriod']),
  reason: reasonSchema,
});
export type SetBaseInput = z.output<typeof setBaseSchema>;

export const closeSchema = z.object({ budgetId: idSchema, reason: reasonSchema });
export type CloseInput = z.output<typeof closeSchema>;
