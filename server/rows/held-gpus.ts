import { and, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { podInterval, watchInterval } from '../../db/schema/metering.ts';
import { roleInterval } from '../../db/schema/services.ts';
import { ownersOf } from '../../domain/ledger/attribution.ts';
import { podFactsSchema } from '../../domain/metering/facts.ts';
import { bothSpans, type HeldGpus, heldGpus } from '../../domain/unit-cost/scale-to-zero.ts';
import { knownOwners } from './known-owners.ts';
import type { WholeHours } from './revision-use.ts';

type Asked = {
  readonly clusterId: string;
  readonly namespace: string;
  readonly revisionIds: readonly string[];
  readonly hours: WholeHours;
};

type Span = { readonly fromMs: number; readonly toMs: number };

/** What revisions of one service held of GPUs while one of them was stable and all pods of the cluster were seen. */
export async function heldByRevisions(db: Queries, asked: Asked): Promise<HeldGpus[]> {
  const spans = bothSpans(await stableSpans(db, asked), await seenSpans(db, asked));
  return spans.length === 0 ? [] : heldGpus(spans, await podPieces(db, asked));
}

const within = ({ hours }: Asked, fromAt: Date, toAt: Date | null): Span => ({
  fromMs: Math.max(fromAt.getTime(), hours.from.getTime()),
  toMs: Math.min(toAt?.getTime() ?? Number.POSITIVE_INFINITY, hours.to.getTime()),
});

async function stableSpans(db: Queries, asked: Asked): Promise<Span[]> {
  const { revisionIds, hours } = asked;
  const rows = await db
    .select({ fromAt: roleInterval.fromAt, toAt: roleInterval.toAt })
    .from(roleInterval)
    .where(
      and(
        inArray(roleInterval.revisionId, [...revisionIds]),
        eq(roleInterval.role, 'stable'),
        lt(roleInterval.fromAt, hours.to),
        or(isNull(roleInterval.toAt), gt(roleInterval.toAt, hours.from)),
      ),
    );
  return rows.map(({ fromAt, toAt }) => within(asked, fromAt, toAt));
}

async function seenSpans(db: Queries, asked: Asked): Promise<Span[]> {
  const { clusterId, hours } = asked;
  const rows = await db
    .select({ fromAt: watchInterval.fromAt, seenUntil: watchInterval.seenUntil })
    .from(watchInterval)
    .where(
      and(
        eq(watchInterval.clusterId, clusterId),
        lt(watchInterval.fromAt, hours.to),
        gt(watchInterval.seenUntil, hours.from),
      ),
    );
  return rows.map(({ fromAt, seenUntil }) => within(asked, fromAt, seenUntil));
}

/** Pods of the namespace with GPUs, as far as they belong to the revisions by the rules of attribution. */
async function podPieces(db: Queries, asked: Asked): Promise<HeldGpus[]> {
  const { clusterId, namespace, revisionIds, hours } = asked;
  const rows = await db
    .select({
      fromAt: podInterval.fromAt,
      toAt: podInterval.toAt,
      bucket: podInterval.bucket,
      facts: podInterval.facts,
    })
    .from(podInterval)
    .where(
      and(
        eq(podInterval.clusterId, clusterId),
        lt(podInterval.fromAt, hours.to),
        or(isNull(podInterval.toAt), gt(podInterval.toAt, hours.from)),
        sql`${podInterval.facts}->>'namespace' = ${namespace}`,
        sql`(${podInterval.facts}->'gpu'->>'n')::bigint > 0`,
      ),
    );
  const known = await knownOwners(db, clusterId, []);
  return rows.flatMap(({ fromAt, toAt, bucket, facts: stored }) => {
    const facts = podFactsSchema.parse(stored);
    const gpus = facts.gpu.n / facts.gpu.d;
    return ownersOf({ ...within(asked, fromAt, toAt), bucket, facts }, known)
      .filter(({ owner }) => owner.revisionId !== null && revisionIds.includes(owner.revisionId))
      .map(({ fromMs, toMs }) => ({ fromMs, toMs, gpus }));
  });
}
