import * as z from 'zod';
import { idSchema } from '../../domain/name.ts';
import { unitCostOfRollout } from '../unit-costs/of-rollout.ts';
import { unitCostOfVersion } from '../unit-costs/of-version.ts';
import { type RestRoute, restRoute } from './route.ts';

const at = z.date().transform((date) => date.toISOString());
/** Whole numbers as text: milli-GPU-seconds, or nano of the currency by the loaded rate. */
const whole = z
  .bigint()
  .transform(String)
  .pipe(z.string().regex(/^-?\d+$/));
const currency = z.string().nullable();
/** Whole hours, from the first moment of `from` until `to`. */
const hours = z.object({ from: at, to: at });

/** Why a figure is not given: not named by the metrics source, no series, counted only partly, never busy, no price, no GPU. */
const lack = z.object({
  kind: z.enum(['notNamed', 'noSeries', 'partly', 'neverBusy', 'noPrice', 'noGpu']),
  share: z.number().optional(),
});
const held = {
  servingNano: whole,
  holdNano: whole,
  milliGpuSeconds: whole,
  unpriced: whole,
  requests: z.number(),
  countedMs: z.number(),
  servedMs: z.number(),
};
const figures = {
  cost: z.object({
    perThousandRequestsNano: whole.nullable(),
    perMillionTokensNano: whole.nullable(),
    /** Why the figures are to be taken with care. */
    doubts: z.array(z.enum(['shortTime', 'fewTokens', 'notAllCounted', 'unpriced'])).readonly(),
  }),
  tokens: z.number().nullable(),
  tokenLack: lack.nullable(),
  cache: z.object({ share: z.number(), savedNano: whole, estimated: z.boolean() }).nullable(),
};
const arm = z.object({
  number: z.int(),
  ...held,
  ...figures,
  equalLoad: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('cost'),
      perThousandRequestsNano: whole,
      perMillionTokensNano: whole.nullable(),
      concurrency: z.number(),
    }),
    z.object({ kind: z.literal('lack'), lack }),
  ]),
});

/** What requests and tokens cost, to read. */
export const unitCostRoutes: readonly RestRoute[] = [
  restRoute({
    method: 'get',
    path: '/model-versions/{modelVersionId}/unit-costs',
    operationId: 'getUnitCosts',
    summary:
      'What a ModelVersion cost in the last days, and what 1,000 requests and a million tokens of it cost',
    permission: 'unitCosts.ofVersion',
    params: z.object({ modelVersionId: idSchema }),
    query: z.object({
      days: z
        .enum(['1', '7', '28'])
        .default('7')
        .transform((text) => Number(text) as 1 | 7 | 28),
    }),
    response: z.object({
      currency,
      days: z.int(),
      hours,
      /** Null where it served nothing in these hours. */
      use: z.object(held).nullable(),
      idleNano: whole,
      trainingNano: whole,
      figures: z.object(figures).nullable(),
      /** An upper bound: the GPUs may not have been free for anybody else. */
      atZero: z.object({ zeroMs: z.number(), atMostNano: whole }).nullable(),
    }),
    run: (ctx, { params, query }) => unitCostOfVersion(ctx, { ...params, ...query }),
  }),
  restRoute({
    method: 'get',
    path: '/rollouts/{rolloutId}/unit-costs',
    operationId: 'getRolloutUnitCosts',
    summary:
      'What requests and tokens of canary and stable cost over the hours of a rollout, also at equal load',
    permission: 'unitCosts.ofRollout',
    params: z.object({ rolloutId: idSchema }),
    response: z.object({
      currency,
      hours,
      canary: arm.nullable(),
      stable: arm.nullable(),
      /** The canary's cost of a request as a multiple of stable's. */
      ratio: z.number().nullable(),
      equalLoadRatio: z.number().nullable(),
    }),
    run: (ctx, { params }) => unitCostOfRollout(ctx, params),
  }),
];
