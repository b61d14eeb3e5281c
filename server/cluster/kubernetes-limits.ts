import * as z from 'zod';
import type {
  ClusterQueue,
  LimitRange,
  NodePoolLimit,
  ResourceQuota,
} from '../../domain/preflight/capacity.ts';
import { quantity } from '../../domain/quantity.ts';

const quantitySchema = z.union([z.string(), z.number()]);
export const rawAmounts = z.record(z.string(), quantitySchema).optional();
export const amountsSchema = rawAmounts.transform((found) =>
  Object.fromEntries(
    Object.entries(found ?? {}).flatMap(([name, amount]) => {
      const value = quantity(amount);
      return value === null ? [] : [[name, value] as const];
    }),
  ),
);
export const quotaSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({
      hard: amountsSchema,
      scopes: z.array(z.string()).optional(),
      scopeSelector: z
        .looseObject({
          matchExpressions: z
            .array(
              z.looseObject({
                scopeName: z.string(),
                operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
                values: z.array(z.string()).optional(),
              }),
            )
            .optional(),
        })
        .optional(),
    }),
    status: z.looseObject({ hard: amountsSchema, used: amountsSchema }).optional(),
  })
  .transform(
    ({ metadata, spec, status }): ResourceQuota => ({
      name: metadata.name,
      hard: spec.hard,
      used: status?.used ?? {},
      scopes: [
        ...(spec.scopes ?? []).map((name) => ({ name, operator: 'Exists' as const, values: [] })),
        ...(spec.scopeSelector?.matchExpressions ?? []).map(({ scopeName, operator, values }) => ({
          name: scopeName,
          operator,
          values: values ?? [],
        })),
      ],
    }),
  );

export const limitRangeSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({
      limits: z.array(z.looseObject({ type: z.string(), max: amountsSchema, min: amountsSchema })),
    }),
  })
  .transform(({ metadata, spec }): LimitRange[] =>
    spec.limits.flatMap(({ type, max, min }) =>
      type === 'Container' || type === 'Pod' ? [{ name: metadata.name, type, max, min }] : [],
    ),
  );

const stopSchema = z.string().optional();
const isStopped = (policy: string | undefined) => policy !== undefined && policy !== 'None';

export const localQueueSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({ clusterQueue: z.string().optional(), stopPolicy: stopSchema }),
  })
  .transform(({ metadata, spec }) => ({
    name: metadata.name,
    clusterQueue: spec.clusterQueue ?? '',
    stopped: isStopped(spec.stopPolicy),
  }));

const numberOf = (amount: string | number | undefined): number => quantity(amount ?? 0) ?? 0;

export const clusterQueueSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({
      cohort: z.string().optional(),
      cohortName: z.string().optional(),
      stopPolicy: stopSchema,
      resourceGroups: z
        .array(
          z.looseObject({
            flavors: z.array(
              z.looseObject({
                name: z.string(),
                resources: z.array(
                  z.looseObject({
                    name: z.string(),
                    nominalQuota: quantitySchema.optional(),
                    borrowingLimit: quantitySchema.nullish(),
                  }),
                ),
              }),
            ),
          }),
        )
        .optional(),
    }),
    status: z
      .looseObject({
        flavorsReservation: z
          .array(
            z.looseObject({
              name: z.string(),
              resources: z.array(z.looseObject({ name: z.string(), total: quantitySchema.optional() })),
            }),
          )
          .optional(),
      })
      .optional(),
  })
  .transform(({ metadata, spec, status }): ClusterQueue => {
    const reserved = (flavor: string, resource: string) =>
      numberOf(
        status?.flavorsReservation
          ?.find(({ name }) => name === flavor)
          ?.resources.find(({ name }) => name === resource)?.total,
      );
    return {
      name: metadata.name,
      cohort: spec.cohortName ?? spec.cohort ?? null,
      stopped: isStopped(spec.stopPolicy),
      quotas: (spec.resourceGroups ?? []).flatMap(({ flavors }) =>
        flavors.flatMap(({ name: flavor, resources }) =>
          resources.map(({ name: resource, nominalQuota, borrowingLimit }) => ({
            flavor,
            resource,
            nominal: numberOf(nominalQuota),
            reserved: reserved(flavor, resource),
            borrowingLimit: borrowingLimit == null ? null : numberOf(borrowingLimit),
          })),
        ),
      ),
    };
  });

export const nodePoolSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({ limits: amountsSchema }),
    status: z.looseObject({ resources: amountsSchema }).optional(),
  })
  .transform(
    ({ metadata, spec, status }): NodePoolLimit => ({
      name: metadata.name,
      limits: spec.limits,
      used: status?.resources ?? {},
    }),
  );
