import * as z from 'zod';

const serviceId = z.uuid();

/** Of a service's traffic, canary against stable, from what the product measured itself. */
export const trafficChartKinds = ['requests', 'errorShare', 'latency', 'weights', 'comparison'] as const;
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
  z.object({ kind: z.literal('drift'), serviceId }),
  z.object({ kind: z.literal('feature'), serviceId, featureId: z.uuid() }),
  z.object({
    kind: z.literal('cost'),
    groupBy: z.enum(['model', 'modelVersion', 'role', 'bucket', 'gpuProduct']),
  }),
  z.object({ kind: z.literal('gpuUse'), serviceId: serviceId.optional() }),
  z.object({ kind: z.literal('budget'), budgetId: z.uuid() }),
  z.object({ kind: z.enum(deliveryChartKinds), serviceId: serviceId.optional() }),
]);

export type ChartSpec = z.infer<typeof chartSpecSchema>;
