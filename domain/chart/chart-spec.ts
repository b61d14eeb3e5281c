import * as z from 'zod';
import { driftTests } from '../drift/drift-tests.ts';
import { costGroupings, groupingsOfInstance } from '../ledger/cost-group.ts';

const serviceId = z.uuid();
/** The loaded rate unless said otherwise. */
const rate = z.literal('openCost').optional();

/** Of a service's traffic, canary against stable, from what the product measured itself. */
export const trafficChartKinds = ['requests', 'errorShare', 'latency', 'weights', 'comparison'] as const;
/** What a monitored service was sent, by window, and who asked it, by hour. */
export const windowChartKinds = ['drift', 'windowRows', 'queries'] as const;
/** How a project delivers: the four measures of the DORA reports, over a project or one of its services. */
const deliveryChartKinds = [
  'leadTime',
  'deploymentFrequency',
  'changeFailureShare',
  'timeToRestore',
] as const;

/**
 * Which chart: a kind and its subjects, all of one project and nothing else, so that a stored spec can be drawn for a
 * viewer who may name neither query nor model.
 */
export const chartSpecSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(trafficChartKinds), serviceId }),
  /** Requests slower than a bound at which a latency bucket ends. */
  z.object({ kind: z.literal('slowShare'), serviceId, slowerThanMs: z.number().gt(0).max(3_600_000) }),
  /** How fast the error budget of a promise burns, over one of the windows that alert. */
  z.object({
    kind: z.literal('burnRate'),
    serviceId,
    promise: z.enum(['errors', 'latency']),
    window: z.enum(['fast', 'steady', 'slow']),
  }),
  z.object({ kind: z.enum(windowChartKinds), serviceId }),
  z.object({
    kind: z.literal('feature'),
    serviceId,
    featureId: z.uuid(),
    /** What of it is shown; its distribution unless said otherwise. */
    test: z.enum(driftTests).optional(),
  }),
  z.object({
    kind: z.literal('cost'),
    groupBy: z.enum(costGroupings).exclude(groupingsOfInstance),
    rate,
  }),
  z.object({ kind: z.literal('gpuUse'), serviceId: serviceId.optional() }),
  z.object({ kind: z.literal('budget'), budgetId: z.uuid() }),
  /** A listed query over a metrics source with chosen values, drawn from samples that the worker stored. */
  z.object({
    kind: z.literal('template'),
    templateId: z.uuid(),
    values: z.record(z.string().max(60), z.string().max(120)),
  }),
  z.object({ kind: z.enum(deliveryChartKinds), serviceId: serviceId.optional() }),
]);

export type ChartSpec = z.infer<typeof chartSpecSchema>;

/** A chart over all projects, which belongs to none of them. */
const instanceSpecSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('instanceCost'), groupBy: z.enum(costGroupings), rate }),
  z.object({ kind: z.literal('instanceBudget'), budgetId: z.uuid() }),
]);

/** A chart of one project, or of the instance. */
export const anyChartSpecSchema = z.discriminatedUnion('kind', [chartSpecSchema, instanceSpecSchema]);
export type AnyChartSpec = z.infer<typeof anyChartSpecSchema>;
export type InstanceChartSpec = z.infer<typeof instanceSpecSchema>;
