import { desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import type { SpendHour } from '../../domain/ledger/spend.ts';
import { idSchema } from '../../domain/name.ts';
import { type ZeroSaving, zeroSaving } from '../../domain/unit-cost/scale-to-zero.ts';
import { gpuHourNano, type Use, unitFigures } from '../../domain/unit-cost/unit-figures.ts';
import { query } from '../query.ts';
import { heldByRevisions } from '../rows/held-gpus.ts';
import { namedWork } from '../rows/named-work.ts';
import { openRows } from '../rows/open-hours.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { revisionUses, sumOf, type WholeHours } from '../rows/revision-use.ts';
import { rowProject } from '../rows/row-project.ts';
import { spendByHour } from '../rows/spend.ts';
import { latestNow } from './latest-now.ts';
import { wholeHours } from './whole-hours.ts';

const dayMs = 24 * 3_600_000;
/** The newest revisions of a version; older ones no longer serve. */
const mostRevisions = 50;

/** What a ModelVersion cost in the last days, serving and training, and what requests and tokens of it cost. */
export const unitCostOfVersion = query(
  {
    permission: 'unitCosts.ofVersion',
    schema: z.object({
      modelVersionId: idSchema,
      days: z.union([z.literal(1), z.literal(7), z.literal(28)]).default(7),
    }),
    project: (db, input) => rowProject(db, modelVersion, input.modelVersionId),
  },
  async ({ db, input, projectId, ctx }) => {
    const { modelVersionId, days } = input;
    const now = await latestNow(db, projectId, await ctx.clock(db));
    const hours = wholeHours(new Date(now.getTime() - days * dayMs), now, now);
    const revisions = await revisionsOf(db, modelVersionId);
    const open = await openRows(db, hours);
    const uses = await revisionUses(db, { projectId, revisions, hours, open });
    const use = [...uses.values()].reduce<Use | null>(
      (sum, each) => (sum === null ? each : sumOf(sum, each)),
      null,
    );
    const scope = { projectId, modelVersionId };
    const own = total(await spendByHour(db, scope, { ...hours, open }));
    const withIdle = total(await spendByHour(db, scope, { ...hours, open, idle: 'cluster' }));
    const idleNano = withIdle.loaded - own.loaded;
    const trainingNano = await trainingOf(db, { projectId, modelVersionId, hours });
    const servingIdleNano =
      use === null || own.quantity === 0n ? 0n : (idleNano * use.milliGpuSeconds) / own.quantity;
    const named = await namedWork(db, [...new Set(revisions.map(({ serviceId }) => serviceId))]);
    return {
      currency: await currencyOf(db),
      days,
      hours,
      use,
      /** Share of the idle GPUs of the same product in its clusters that falls to what served. */
      idleNano: servingIdleNano,
      trainingNano,
      figures: use === null ? null : unitFigures(use, use.servingNano + servingIdleNano, named),
      /** What standing at 0 saved at the most; null where it never did. */
      atZero: await atZeroOf(db, { revisions, uses, hours }),
    };
  },
);

/** The newest revisions of a version with where they run. */
async function revisionsOf(db: Queries, modelVersionId: string) {
  return await db
    .select({
      id: serviceRevision.id,
      serviceId: serviceRevision.serviceId,
      number: serviceRevision.number,
      clusterId: environment.clusterId,
      namespace: environment.namespace,
    })
    .from(serviceRevision)
    .innerJoin(service, eq(service.id, serviceRevision.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(serviceRevision.modelVersionId, modelVersionId))
    .orderBy(desc(serviceRevision.createdAt))
    .limit(mostRevisions);
}

type Served = {
  readonly revisions: Awaited<ReturnType<typeof revisionsOf>>;
  readonly uses: ReadonlyMap<string, Use>;
  readonly hours: WholeHours;
};

/** By service, because one at 0 frees its own GPUs only; one whose GPUs have no price is left out. */
async function atZeroOf(db: Queries, { revisions, uses, hours }: Served): Promise<ZeroSaving | null> {
  const savings: ZeroSaving[] = [];
  for (const own of Map.groupBy(revisions, ({ serviceId }) => serviceId).values()) {
    const [first] = own;
    const rate = gpuHourNano(own.flatMap(({ id }) => uses.get(id) ?? []).reduce(sumOf));
    if (first === undefined || rate === null) continue;
    const { clusterId, namespace } = first;
    const revisionIds = own.map(({ id }) => id);
    const held = await heldByRevisions(db, { clusterId, namespace, revisionIds, hours });
    savings.push(zeroSaving(held, rate));
  }
  const zeroMs = savings.reduce((sum, each) => sum + each.zeroMs, 0);
  const atMostNano = savings.reduce((sum, each) => sum + each.atMostNano, 0n);
  return zeroMs === 0 ? null : { zeroMs, atMostNano };
}

function total(hours: readonly SpendHour[]): { loaded: bigint; quantity: bigint } {
  return hours.reduce(
    (sum, hour) => ({ loaded: sum.loaded + hour.loadedNano, quantity: sum.quantity + hour.milliGpuSeconds }),
    { loaded: 0n, quantity: 0n },
  );
}

/** What runs that trained it cost, by sealed hours. */
async function trainingOf(
  db: Queries,
  of: { projectId: string; modelVersionId: string; hours: WholeHours },
): Promise<bigint> {
  const { rows } = await db.execute<{ loaded: string }>(sql`
    select coalesce(sum(loaded_nano), 0)::text as loaded from ledger_hour_sum
    where project_id = ${of.projectId} and model_version_id = ${of.modelVersionId} and role = 'training'
      and hour_at >= ${of.hours.from.toISOString()}::timestamptz and hour_at < ${of.hours.to.toISOString()}::timestamptz`);
  return BigInt(rows[0]?.loaded ?? '0');
}
