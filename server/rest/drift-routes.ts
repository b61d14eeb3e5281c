import * as z from 'zod';
import { binnedFeatureSchema } from '../../domain/drift/binning-schema.ts';
import { trainingCountsSchema } from '../../domain/drift/training-schema.ts';
import { idSchema } from '../../domain/name.ts';
import { retrainPayloadSchema, retrainStates } from '../../domain/retrain/request.ts';
import { retrainPolicies } from '../../domain/retrain/settings.ts';
import { createReference } from '../references/create.ts';
import { listReferences } from '../references/list.ts';
import { closeRetrain } from '../retrains/commands.ts';
import { getRetrain, listRetrains } from '../retrains/queries.ts';
import type { RetrainView } from '../rows/retrain-view.ts';
import { type RestRoute, restRoute } from './route.ts';

const at = z.date().transform((date) => date.toISOString());
const ofService = z.object({ serviceId: idSchema });
const ofRetrain = z.object({ requestId: idSchema });

const referencesResponse = z.object({
  references: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['training', 'fixedWindow', 'sameHours']),
      name: z.string(),
      rows: z.int().nullable(),
      modelName: z.string().nullable(),
      versionNumber: z.int().nullable(),
      createdAt: at,
      /** The reference that took its place is the current one. */
      replacedAt: at.nullable(),
    }),
  ),
  /** What counts are made on; null before the service has any bins. */
  binning: z
    .object({
      number: z.int(),
      digest: z.string(),
      features: z.array(binnedFeatureSchema.extend({ aliases: z.array(z.string()) })),
    })
    .nullable(),
});

const retrainResponse = z.object({
  id: z.string(),
  serviceId: z.string(),
  policy: z.enum(retrainPolicies),
  state: z.enum(retrainStates),
  payload: retrainPayloadSchema,
  /** Why it does not start, or why it failed. */
  reason: z.string().nullable(),
  work: z
    .object({
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      phase: z.string(),
      message: z.string(),
    })
    .nullable(),
  newVersionId: z.string().nullable(),
  openedAt: at,
  closedAt: at.nullable(),
});

function retrainAnswer(view: RetrainView) {
  const { outcome, newVersion, ...rest } = view;
  return {
    ...rest,
    reason: outcome?.message ?? null,
    newVersionId: newVersion?.modelVersionId ?? null,
  };
}

/** What clients need to count training data where it lies, and to train again. */
export const driftRoutes: readonly RestRoute[] = [
  restRoute({
    method: 'get',
    path: '/services/{serviceId}/retrains',
    operationId: 'listRetrains',
    summary: 'The last 20 requests for a retraining that real alerts of a service have led to',
    permission: 'retrains.list',
    params: ofService,
    response: z.object({ retrains: z.array(retrainResponse) }),
    run: async (ctx, { params }) => ({
      retrains: (await listRetrains(ctx, params)).requests.map(retrainAnswer),
    }),
  }),
  restRoute({
    method: 'get',
    path: '/retrains/{requestId}',
    operationId: 'getRetrain',
    summary: 'One request for a retraining: why, what of, and how far it is',
    permission: 'retrains.get',
    params: ofRetrain,
    response: retrainResponse,
    run: async (ctx, { params }) => retrainAnswer(await getRetrain(ctx, params)),
  }),
  restRoute({
    method: 'post',
    path: '/retrains/{requestId}/close',
    operationId: 'closeRetrain',
    summary: 'Nobody waits for its version any more; what runs goes on',
    permission: 'retrains.close',
    params: ofRetrain,
    body: z.object({ reason: z.string().min(1).max(1_000) }),
    response: z.object({ requestId: z.string(), state: z.literal('closed') }),
    run: async (ctx, { params, body }) => await closeRetrain(ctx, { ...params, ...body }),
  }),
  restRoute({
    method: 'get',
    path: '/services/{serviceId}/references',
    operationId: 'listReferences',
    summary: 'What the present of a service is compared with, and the bins on which it is counted',
    permission: 'references.list',
    params: ofService,
    response: referencesResponse,
    run: async (ctx, { params }) => {
      const { references, binning } = await listReferences(ctx, params);
      if (binning === null) return { references, binning };
      const features = binning.features.map((one) => ({ ...one, aliases: [...one.aliases] }));
      return { references, binning: { ...binning, features } };
    },
  }),
  restRoute({
    method: 'post',
    path: '/services/{serviceId}/references',
    operationId: 'createReference',
    summary: 'Make bins and counts of training data the reference of a service; no row is sent',
    permission: 'references.create',
    params: ofService,
    body: z.object({
      name: z.string().max(100),
      modelVersionId: idSchema.nullable().optional(),
      counts: trainingCountsSchema,
    }),
    status: 201,
    response: z.object({
      referenceId: z.string(),
      features: z.int(),
      rows: z.int(),
      leftOut: z.array(z.object({ name: z.string(), why: z.string() })),
    }),
    run: async (ctx, { params, body }) => {
      const made = await createReference(ctx, { kind: 'training', ...params, ...body });
      return { ...made, leftOut: [...made.leftOut] };
    },
  }),
];
