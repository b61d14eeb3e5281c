import { eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import { rollout } from '../../db/schema/rollouts.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { gpuCountPerPod, serviceSpecSchema } from '../../domain/service-spec.ts';
import { costRatio } from '../../domain/unit-cost/unit-cost.ts';
import {
  type EqualLoad,
  equalLoad,
  type NamedWork,
  type Use,
  unitFigures,
} from '../../domain/unit-cost/unit-figures.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { namedWork } from '../rows/named-work.ts';
import { openRows } from '../rows/open-hours.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { revisionUses } from '../rows/revision-use.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { wholeHours } from './whole-hours.ts';

const weekMs = 7 * 24 * 3_600_000;

/** Cost of requests and tokens of the canary and of stable, at their actual loads and at equal load, over the hours of a rollout, at most its last week. */
export const unitCostOfRollout = query(
  {
    permission: 'unitCosts.ofRollout',
    schema: z.object({ rolloutId: idSchema }),
    project: (db, input) => rowProject(db, rollout, input.rolloutId),
  },
  async ({ db, input, projectId, ctx }) => {
    const record = onlyRow(await db.select().from(rollout).where(eq(rollout.id, input.rolloutId)));
    const { environment } = await loadService(db, record.serviceId);
    const offset = await clockOffsetMs(db, environment.clusterId);
    const now = new Date((await ctx.clock(db)).getTime() + offset);
    const until = record.endedAt ?? now;
    const from = new Date(Math.max(record.startedAt.getTime(), until.getTime() - weekMs));
    const hours = wholeHours(from, until, now);
    const ids = [record.toRevisionId, record.fromRevisionId].filter((id) => id !== null);
    const revisions = await db
      .select({
        id: serviceRevision.id,
        serviceId: serviceRevision.serviceId,
        number: serviceRevision.number,
        spec: serviceRevision.spec,
      })
      .from(serviceRevision)
      .where(inArray(serviceRevision.id, ids));
    const open = await openRows(db, { ...hours, clusterId: environment.clusterId });
    const uses = await revisionUses(db, { projectId, revisions, hours, open });
    const named = await namedWork(db, [record.serviceId]);
    const armOf = (id: string | null) => {
      const revision = revisions.find((each) => each.id === id);
      const use = id === null ? undefined : uses.get(id);
      if (revision === undefined || use === undefined) return null;
      const gpus = gpuCountPerPod(serviceSpecSchema.parse(revision.spec).podTemplate);
      return { number: revision.number, ...armCost(use, gpus, named) };
    };
    const canary = armOf(record.toRevisionId);
    const stable = armOf(record.fromRevisionId);
    return {
      currency: await currencyOf(db),
      hours,
      canary,
      stable,
      /** The canary's cost of a request as a multiple of stable's. */
      ratio: costRatio(
        canary?.cost.perThousandRequestsNano ?? null,
        stable?.cost.perThousandRequestsNano ?? null,
      ),
      equalLoadRatio: costRatio(requestNano(canary), requestNano(stable)),
    };
  },
);

function armCost(use: Use, gpus: number, named: NamedWork) {
  return { ...use, ...unitFigures(use, use.servingNano, named), equalLoad: equalLoad(use, gpus, named) };
}

const requestNano = (arm: { equalLoad: EqualLoad } | null): bigint | null =>
  arm?.equalLoad.kind === 'cost' ? arm.equalLoad.perThousandRequestsNano : null;
