import { and, eq } from 'drizzle-orm';
import * as z from 'zod';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { metricsSecretSchema, metricsSourceSchema } from '../../domain/environment.ts';
import { type MetricsProbe, metricsProbeSchema } from '../../domain/metrics-probe.ts';
import { dnsLabelSchema, idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { askWorker } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { sealMetricsSecret } from '../metrics/metrics-secret.ts';
import { type QueryRun, query } from '../query.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';

const probeSchema = z.object({
  projectId: idSchema,
  /** The environment whose stored secret is used when none is given. */
  environmentId: idSchema.nullish(),
  source: metricsSourceSchema,
  secret: metricsSecretSchema.nullish(),
  on: z.union([
    z.object({ serviceId: idSchema }),
    z.object({ namespace: dnsLabelSchema, serviceName: dnsLabelSchema }),
  ]),
});
type Asked = QueryRun<z.output<typeof probeSchema>>;

/** Lets a worker run each query of the profile on a live service; a secret goes to it sealed and is kept nowhere. */
export const probeMetrics = query(
  { permission: 'environments.probeMetrics', schema: probeSchema, project: (_db, input) => input.projectId },
  async (asked): Promise<MetricsProbe> => {
    const { db, input, ctx } = asked;
    const { source, secret, environmentId = null } = input;
    if (source.kind !== 'prometheus')
      throw new DomainError({ code: 'invalidInput', message: 'Only a Prometheus can be tried out.' });
    if (environmentId !== null) await ownEnvironment(asked, environmentId);
    const scope = await scopeOf(asked);
    const id = newId();
    const sealed =
      secret === null || secret === undefined
        ? null
        : sealMetricsSecret(ctx.workerPublicKey, secret, { ownerId: id, url: source.url });
    const payload = { schema: 1, source, sealed, storedOf: sealed === null ? environmentId : null, scope };
    const answer = metricsProbeSchema.safeParse(
      await askWorker(db, { clusterId: null, id, kind: 'metricsProbe', payload }),
    );
    if (answer.success) return answer.data;
    throw new DomainError({
      code: 'workerSilent',
      message: 'The worker answered in a form that this version does not know.',
      fix: 'Run web and worker in the same version.',
    });
  },
);

async function ownEnvironment({ db, projectId }: Asked, environmentId: string): Promise<void> {
  const own = and(eq(environment.id, environmentId), eq(environment.projectId, projectId));
  const rows = await db.select({ id: environment.id }).from(environment).where(own);
  if (rows.length === 0) throw notFound();
}

async function scopeOf({ db, input, projectId }: Asked): Promise<{ namespace: string; serviceName: string }> {
  const { on } = input;
  if (!('serviceId' in on)) return on;
  return onlyRow(
    await db
      .select({ namespace: environment.namespace, serviceName: service.name })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .where(and(eq(service.id, on.serviceId), eq(service.projectId, projectId))),
  );
}
