import * as z from 'zod';
import { byteChecks } from '../../domain/byte-check.ts';
import { promotionStates } from '../../domain/promotion.ts';
import { blockerSchema, refusalSchema } from '../../domain/refusal-schema.ts';
import { rolloutPhases } from '../../domain/rollout.ts';
import { rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { serviceStates } from '../../domain/service-status.ts';

/** Instants are ISO 8601 texts in UTC. */
const at = z.date().transform((date) => date.toISOString());
const person = z.object({ id: z.string(), kind: z.enum(['user', 'token', 'system']), name: z.string() });
const revision = z.object({
  revisionId: z.string(),
  number: z.int(),
  modelVersionId: z.string(),
  modelName: z.string(),
  versionNumber: z.int(),
  specDigest: z.string(),
  /** How the bytes that run are compared with the digest of the version. */
  byteCheck: z.enum(byteChecks),
});
const named = z.object({ id: z.string(), name: z.string() });

export const projectsResponse = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string(), slug: z.string() })),
});

export const registeredResponse = z.object({
  modelId: z.string(),
  modelVersionId: z.string(),
  modelName: z.string(),
  number: z.int(),
  artefactDigest: z.string().nullable(),
  /** False: the same bytes with the same serving image were registered before, and this is that version. */
  created: z.boolean(),
  /** Fields in which the call differs from the version that was there; it stays as it was. */
  notTaken: z.array(z.string()),
});

export const filesResponse = z.object({
  files: z.array(z.object({ path: z.string(), size: z.int(), sha256: z.string() })),
  total: z.int(),
  totalBytes: z.int(),
});

export const versionResponse = z.object({
  id: z.string(),
  modelName: z.string(),
  number: z.int(),
  sourceUri: z.string(),
  artefactDigest: z.string().nullable(),
  servingImage: z.string().nullable(),
  framework: z.string().nullable(),
  metrics: z.record(z.string(), z.number()),
  tags: z.record(z.string(), z.string()),
  createdAt: at,
  createdBy: person,
  evidence: z.array(
    z.object({
      id: z.string(),
      verdict: z.enum(['passed', 'failed', 'noThreshold']),
      digest: z.string(),
      createdAt: at,
    }),
  ),
});

export const evidenceResponse = z.object({
  evidenceId: z.string(),
  verdict: z.enum(['passed', 'failed', 'noThreshold']),
  digest: z.string(),
});

const service = z.object({
  id: z.string(),
  name: z.string(),
  environment: named.extend({ production: z.boolean() }),
  stable: revision.nullable(),
  activeRollout: z
    .object({
      id: z.string(),
      phase: z.enum(rolloutPhases),
      weightPercent: z.int(),
      paused: z.boolean(),
      held: z.boolean(),
    })
    .nullable(),
  blockers: z.array(blockerSchema),
});
export const servicesResponse = z.object({ services: z.array(service), total: z.int() });

/** Shares lie between 0 and 1; what was not measured is null, never 0. */
export const objectivesResponse = z.object({
  promises: z.array(
    z.object({
      kind: z.enum(['errors', 'latency']),
      targetPercent: z.number(),
      slowerThanMs: z.number().nullable(),
      attainment: z.object({
        counts: z.object({ requests: z.number(), bad: z.number(), coveredMs: z.number() }),
        goodShare: z.number().nullable(),
        budgetLeft: z.number().nullable(),
        isMet: z.boolean().nullable(),
      }),
      burns: z.array(
        z.object({
          policy: z.object({
            key: z.enum(['fast', 'steady', 'slow']),
            severity: z.enum(['high', 'low']),
            longMs: z.number(),
            shortMs: z.number(),
          }),
          limit: z.number(),
          longRate: z.number().nullable(),
          shortRate: z.number().nullable(),
          verdict: z.enum(['burning', 'calm', 'tooFew', 'unmeasured']),
          sentence: z.string(),
        }),
      ),
    }),
  ),
  alerts: z.array(
    z.object({
      kind: z.enum(['railBroken', 'objectiveBurn']),
      key: z.string(),
      severity: z.enum(['high', 'low']),
      sentence: z.string(),
      startedAt: at,
      endedAt: at.nullable(),
    }),
  ),
});

const refusal = blockerSchema.pick({ code: true, message: true, params: true, fix: true });

const matrixCell = z.object({
  serviceId: z.string(),
  environmentId: z.string(),
  mode: z.enum(['managed', 'watched']),
  /** Null before the worker's first look. */
  state: z.enum(serviceStates).nullable(),
  blocker: blockerSchema.nullable(),
  stable: revision.nullable(),
  servesSince: at.nullable(),
  rollout: z
    .object({
      id: z.string(),
      to: revision,
      weightPercent: z.int(),
      paused: z.boolean(),
      held: z.boolean(),
    })
    .nullable(),
  /** In versions of the same model: of the newest registered one, and of the environments before this one. */
  behind: z.object({ newest: z.int(), previous: z.int().nullable() }),
  /** One per next environment; `refusal` says why the version cannot be asked for there. */
  promote: z.array(
    z.object({
      environmentId: z.string(),
      serviceId: z.string().nullable(),
      refusal: refusal.nullable(),
    }),
  ),
});

export const matrixResponse = z.object({
  environments: z.array(named.extend({ groupName: z.string().nullable(), production: z.boolean() })),
  rows: z.array(z.object({ name: z.string(), cells: z.array(matrixCell) })),
  total: z.int(),
});

export const requestedResponse = z.object({
  promotionId: z.string(),
  revisionId: z.string(),
  revisionNumber: z.int(),
  state: z.enum(['open', 'approved']),
  subjectDigest: z.string(),
});

export const promotionResponse = z.object({
  id: z.string(),
  state: z.enum(promotionStates),
  service: named,
  environment: named,
  from: revision.nullable(),
  to: revision,
  requestedBy: person,
  requestedAt: at,
  expiresAt: at,
  subjectDigest: z.string(),
  signaturesMissing: z.int(),
  signatures: z.array(
    z.object({
      principal: person,
      decision: z.enum(['approve', 'reject']),
      comment: z.string(),
      decidedAt: at,
      counts: z.boolean(),
    }),
  ),
  blockers: z.array(blockerSchema),
  /** Why it ended without a rollout, or why its start was refused. */
  outcome: refusalSchema.nullable(),
  rolloutId: z.string().nullable(),
});

export const rolloutResponse = z.object({
  id: z.string(),
  service: named,
  from: revision.nullable(),
  to: revision,
  phase: z.enum(rolloutPhases),
  stepIndex: z.int(),
  stepCount: z.int(),
  weightPercent: z.int(),
  paused: z.boolean(),
  held: z.boolean(),
  startedAt: at,
  endedAt: at.nullable(),
  failure: blockerSchema.pick({ code: true, message: true, params: true, fix: true }).nullable(),
  blockers: z.array(blockerSchema),
});

export const recordResponse = z.object({
  digest: z.string(),
  intact: z.boolean(),
  record: rolloutRecordSchema,
});

export const actedResponse = z.object({ rolloutId: z.string(), generation: z.int() });

export const errorResponse = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    params: z.record(z.string(), z.unknown()).optional(),
    fix: z.string().nullable().optional(),
  }),
});
