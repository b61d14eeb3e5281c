import * as z from 'zod';
import { blockerSchema } from './refusal-schema.ts';
import type { DesiredServing, ObservedServing, Weights } from './serving.ts';

const weightsSchema = z.record(z.string(), z.number());

/** Desired against observed, as both the service's and the rollout's page show it; percent by revision number. */
export const servingStatusSchema = z.object({
  desired: weightsSchema,
  /** In the route's spec. */
  requested: weightsSchema,
  /** The gateway accepted exactly `requested`. */
  accepted: z.boolean(),
  /** False while the cluster cannot be read: everything here is then the last that was known. */
  fresh: z.boolean(),
  revisions: z.array(
    z.object({
      number: z.int(),
      wanted: z.boolean(),
      ready: z.boolean(),
      readyReplicas: z.int(),
      desiredReplicas: z.int(),
      blockers: z.array(blockerSchema),
    }),
  ),
  fight: z.object({ manager: z.string(), object: z.string(), fields: z.array(z.string()) }).nullable(),
});
export type ServingStatus = z.infer<typeof servingStatusSchema>;

function plain(weights: Weights): Record<string, number> {
  return Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
}

/** The status of what is desired and what was observed, without times so that an unchanged world gives an equal value. */
export function servingStatus(desired: DesiredServing, observed: ObservedServing): ServingStatus {
  const numbers = new Set([
    ...desired.revisions.map((revision) => revision.number),
    ...observed.revisions.filter((revision) => revision.owned).map((revision) => revision.number),
  ]);
  const revisions = [...numbers]
    .sort((left, right) => left - right)
    .map((number) => {
      const found = observed.revisions.find((revision) => revision.number === number);
      return {
        number,
        wanted: desired.revisions.some((revision) => revision.number === number),
        ready: found?.owned === true && found.ready,
        readyReplicas: found?.readyReplicas ?? 0,
        desiredReplicas: found?.desiredReplicas ?? 0,
        blockers: [...(found?.blockers ?? [])],
      };
    });
  const { fight } = observed;
  return {
    desired: plain(desired.weights),
    requested: plain(observed.route.requested),
    accepted: observed.route.exists && observed.route.accepted,
    fresh: observed.fresh,
    revisions,
    fight: fight === null ? null : { ...fight, fields: [...fight.fields] },
  };
}
