import * as z from 'zod';
import { idSchema } from '../name.ts';
import { isTimeZone } from '../quiet-hours.ts';

/** A whole number in the unit of a budget (milli-GPU-seconds or nano), as text: it crosses JSON and JSONB whole. */
export const amountTextSchema = z.string().regex(/^\d{1,36}$/, 'Give a whole amount that is not negative.');

/** What of the ledger a budget counts; null is any. An environment or a model stands with its project. */
export const budgetScopeSchema = z
  .object({
    projectId: idSchema.nullable(),
    environmentId: idSchema.nullable(),
    modelId: idSchema.nullable(),
    /** As nvidia.com/gpu.product says, without "-SHARED" and "-MIG-…". */
    gpuProduct: z.string().trim().min(1).max(200).nullable(),
  })
  .refine(
    ({ projectId, environmentId, modelId }) =>
      projectId !== null || (environmentId === null && modelId === null),
    'An environment or a model belongs to a project: name the project too.',
  );
export type BudgetScope = z.infer<typeof budgetScopeSchema>;

const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, 'This is no time zone; write one such as Europe/Berlin or UTC.');

export const budgetPeriodSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('calendar'),
    /** Weeks begin on Monday, quarters in January, April, July and October. */
    every: z.enum(['week', 'month', 'quarter']),
    timeZone: timeZoneSchema,
    /** What is left goes into the next period, at most this share of the base amount; 0 lets it lapse. */
    rolloverCapPercent: z.int().min(0).max(100),
  }),
  z.object({ kind: z.literal('rolling'), days: z.int().min(1).max(366) }),
]);
export type BudgetPeriod = z.infer<typeof budgetPeriodSchema>;

export const budgetUnits = ['gpuHours', 'currency'] as const;
export type BudgetUnit = (typeof budgetUnits)[number];

const thresholdSchema = z.discriminatedUnion('basis', [
  z.object({ basis: z.literal('actual'), ...limitOf() }),
  z.object({ basis: z.literal('forecast'), ...limitOf() }),
  /** Spending of the last hour and of the last six are both faster than so many times what the period allows. */
  z.object({ basis: z.literal('burn'), factor: z.number().min(1).max(100) }),
]);
export type BudgetThreshold = z.infer<typeof thresholdSchema>;

function limitOf() {
  return {
    limit: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('percent'), percent: z.number().gt(0).max(1_000) }),
      z.object({ kind: z.literal('absolute'), amount: amountTextSchema }),
    ]),
  };
}

export const budgetSettingsSchema = z.object({
  schema: z.literal(1),
  /** For money: the whole price of a GPU node on its GPUs, or the split that OpenCost makes. */
  rateMode: z.enum(['loaded', 'openCost']),
  /** Idle time is its own line (none), or shared over what ran on the same node or cluster. */
  idle: z.enum(['none', 'node', 'cluster']),
  thresholds: z.array(thresholdSchema).max(20),
  /** `auto` lets the history decide which forecast thresholds look at. */
  forecast: z.enum(['auto', 'linear', 'runRate', 'seasonal']),
});
export type BudgetSettings = z.infer<typeof budgetSettingsSchema>;

/** 0 observe, 1 warn, 2 needs approval, 3 freeze. */
export const budgetLevelSchema = z.int().min(0).max(3);

/** Thresholds of a budget for which nobody chose any. */
export const usualSettings: BudgetSettings = {
  schema: 1,
  rateMode: 'loaded',
  idle: 'none',
  thresholds: [
    { basis: 'actual', limit: { kind: 'percent', percent: 50 } },
    { basis: 'actual', limit: { kind: 'percent', percent: 90 } },
    { basis: 'actual', limit: { kind: 'percent', percent: 100 } },
    { basis: 'forecast', limit: { kind: 'percent', percent: 100 } },
    { basis: 'burn', factor: 3 },
  ],
  forecast: 'auto',
};
