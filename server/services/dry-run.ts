import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { gatewayRefSchema } from '../../domain/environment.ts';
import { idSchema, serviceNameSchema } from '../../domain/name.ts';
import { type Blocker, blocker, DomainError } from '../../domain/refusal.ts';
import { blockerSchema } from '../../domain/refusal-schema.ts';
import { routeSchema, scalingSchema } from '../../domain/service-spec.ts';
import { type DesiredServing, servingPort } from '../../domain/serving.ts';
import { askWorker } from '../cluster-request.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { desiredAlone } from '../rows/desired-alone.ts';
import { loadRevision, loadVersion, specDigestOf } from '../rows/revision-record.ts';
import { notFound, onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { specOf, specSourceSchema } from './spec-source.ts';

const ofService = z.object({
  serviceId: idSchema,
  modelVersionId: idSchema.optional(),
  spec: specSourceSchema.optional(),
});
const ofForm = z.object({
  projectId: idSchema,
  environmentId: idSchema,
  name: serviceNameSchema,
  spec: specSourceSchema,
  scaling: scalingSchema,
  route: routeSchema.default({ hostnames: [], pathPrefix: '/' }),
});

export type DryRun = {
  /** What the API server refused, in its own words; empty when it took everything. */
  readonly blockers: Blocker[];
  /** False when no worker answered: then nothing is known. */
  readonly answered: boolean;
};

/** Lets the worker send the objects to the API server without storing them; waits at most 10 s. */
export const dryRunService = query(
  {
    permission: 'services.dryRun',
    schema: z.union([ofService, ofForm]),
    project: (db, input) =>
      'serviceId' in input ? rowProject(db, service, input.serviceId) : input.projectId,
  },
  async ({ db, input, projectId }): Promise<DryRun> => {
    const desired =
      'serviceId' in input
        ? await desiredOfService(db, input, projectId)
        : await desiredOfForm(db, input, projectId);
    return await ask(db, desired);
  },
);

const answerSchema = z.object({ blockers: z.array(blockerSchema) });

async function ask(db: Queries, desired: DesiredServing): Promise<DryRun> {
  try {
    const answer = await askWorker(db, {
      clusterId: desired.scope.clusterId,
      kind: 'dryRun',
      payload: { schema: 1, desired },
    });
    return { ...answerSchema.parse(answer), answered: true };
  } catch (error) {
    if (error instanceof DomainError && error.refusal.code === 'workerSilent')
      return { blockers: [blocker(error.refusal)], answered: false };
    throw error;
  }
}

async function desiredOfService(
  db: Queries,
  input: z.output<typeof ofService>,
  projectId: string,
): Promise<DesiredServing> {
  const record = await loadService(db, input.serviceId);
  const { stableRevisionId, nextRevisionNumber } = record.row;
  const stable = stableRevisionId === null ? null : await loadRevision(db, stableRevisionId);
  const version =
    input.modelVersionId === undefined ? stable?.version : await loadVersion(db, input.modelVersionId);
  const spec = input.spec === undefined ? (stable?.spec ?? record.spec) : specOf(input.spec);
  if (version === undefined)
    return desiredOfForm(db, { ...input, spec, ...formOf(record), projectId }, projectId);
  if (version.projectId !== projectId) throw notFound();
  return desiredAlone(record, {
    revisionId: null,
    number: nextRevisionNumber,
    version,
    spec,
    specDigest: specDigestOf(version.id, spec),
  });
}

function formOf({ row, environment: place, scaling, route }: Awaited<ReturnType<typeof loadService>>) {
  return { environmentId: place.id, name: row.name, scaling, route };
}

/** A service that runs no version yet: the template goes as it was written. */
async function desiredOfForm(
  db: Queries,
  form: z.output<typeof ofForm>,
  projectId: string,
): Promise<DesiredServing> {
  const place = onlyRow(
    await db
      .select()
      .from(environment)
      .where(and(eq(environment.id, form.environmentId), eq(environment.projectId, projectId))),
  );
  const spec = specOf(form.spec);
  const standIn = newId();
  return {
    scope: {
      projectId,
      serviceId: standIn,
      serviceName: form.name,
      clusterId: place.clusterId,
      namespace: place.namespace,
      gateway: gatewayRefSchema.parse(place.gateway),
      hostnames: form.route.hostnames.length > 0 ? form.route.hostnames : place.hostnames,
      pathPrefix: form.route.pathPrefix,
      port: servingPort,
    },
    generation: 1,
    revisions: [
      {
        number: 1,
        revisionId: standIn,
        modelVersionId: standIn,
        specDigest: digestOf(spec),
        podTemplate: spec.podTemplate,
        port: spec.port,
        scaling: form.scaling,
      },
    ],
    weights: { 1: 100 },
    fallbackNumber: 1,
  };
}
