import { and, eq, isNull } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { cluster as clusterTable, namespaceClaim } from '../../db/schema/environments.ts';
import { claimMove } from '../../domain/namespace-claim.ts';
import { type Blocker, blocker, DomainError, type RefusalCode } from '../../domain/refusal.ts';
import { notifyChange } from '../audit/append.ts';
import type { KubernetesAccess, NamespaceClaim } from '../cluster/cluster.ts';
import { assertHeld, fence, type Lease } from './lease.ts';

type GateOptions = {
  readonly db: Database;
  readonly clusterId: string;
  readonly access: KubernetesAccess;
  readonly instanceId: string;
};

/** What is known of the cluster and of the claim, as the rows say it now. */
type Rows = {
  readonly name: string;
  readonly uid: string | null;
  readonly replacedByUid: string | null;
  readonly claim: typeof namespaceClaim.$inferSelect | null;
};

const clusterRows = prepared((queries, value: ValueOf<{ clusterId: string; namespace: string }>) =>
  queries
    .select({
      name: clusterTable.name,
      uid: clusterTable.uid,
      replacedByUid: clusterTable.replacedByUid,
      claim: namespaceClaim,
    })
    .from(clusterTable)
    .leftJoin(
      namespaceClaim,
      and(eq(namespaceClaim.clusterId, clusterTable.id), eq(namespaceClaim.namespace, value('namespace'))),
    )
    .where(eq(clusterTable.id, value('clusterId'))),
);

/** What the cluster said is believed for so long; what the rows say is read each time. */
const believedMs = 10_000;

function replaced({ name, uid }: Rows, other: string): Blocker {
  return blocker({
    code: 'clusterReplaced',
    message: `Under the address of ${name} there is another cluster now (kube-system ${other}, not ${uid ?? ''}), so nothing is written to it.`,
    params: { cluster: name, uid, other },
    fix: "Register it as a new cluster, or confirm the replacement on the cluster's page.",
    owner: 'an instance admin',
  });
}

function unread(namespace: string, error: DomainError): Blocker {
  return blocker({
    code: 'waitingForCluster',
    message: `Whether another Fairlead manages ${namespace} is not known yet: ${error.refusal.message}`,
    fix: error.refusal.fix,
    owner: 'the cluster',
  });
}

function isCode(error: unknown, code: RefusalCode): boolean {
  return error instanceof DomainError && error.refusal.code === code;
}

/**
 * Asks before each pass that may write: is this still the cluster that was registered, and is the namespace ours? Records
 * the uid at first contact and claims a free namespace. A cluster that cannot be asked keeps its last answer.
 */
export class WriteGate {
  readonly #options: GateOptions;
  #identity: { readonly uid: string | null; readonly untilMs: number } | null = null;
  readonly #claims = new Map<
    string,
    { readonly found: Blocker | null; readonly rows: string; readonly untilMs: number }
  >();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Null when everything may be written. Throws LeaseLost and what the database throws. */
  async blockerOf(namespace: string, lease: Lease): Promise<Blocker | null> {
    const rows = await this.#rows(namespace);
    if (rows === null) return null;
    return (await this.#otherCluster(rows, lease)) ?? (await this.#otherHolder(namespace, { rows, lease }));
  }

  /** Renews the claims of namespaces that were written in, even while none of their services has a pass. */
  async keepClaims(lease: Lease): Promise<void> {
    for (const namespace of this.#claims.keys()) await this.blockerOf(namespace, lease);
  }

  async #rows(namespace: string): Promise<Rows | null> {
    const { db, clusterId } = this.#options;
    const found = await clusterRows(db, { clusterId, namespace });
    return found[0] ?? null;
  }

  async #otherCluster(rows: Rows, lease: Lease): Promise<Blocker | null> {
    const uid = await this.#uid();
    // Without the right to ask, or without an answer, what was known before still holds.
    if (uid === null) return rows.replacedByUid === null ? null : replaced(rows, rows.replacedByUid);
    if (rows.uid === null) {
      await this.#store(lease, (tx, mine) =>
        tx
          .update(clusterTable)
          .set({ uid })
          .where(and(mine, isNull(clusterTable.uid))),
      );
      return null;
    }
    const other = rows.uid === uid ? null : uid;
    if (other !== rows.replacedByUid)
      await this.#store(lease, (tx, mine) =>
        tx.update(clusterTable).set({ replacedByUid: other }).where(mine),
      );
    return other === null ? null : replaced(rows, other);
  }

  async #uid(): Promise<string | null> {
    const nowMs = performance.now();
    if (this.#identity !== null && nowMs < this.#identity.untilMs) return this.#identity.uid;
    try {
      const uid = await this.#options.access.uid();
      this.#identity = { uid, untilMs: nowMs + believedMs };
      return uid;
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  }

  async #otherHolder(
    namespace: string,
    { rows, lease }: { rows: Rows; lease: Lease },
  ): Promise<Blocker | null> {
    const known = this.#claims.get(namespace);
    const key = JSON.stringify([rows.claim?.wanted, rows.claim?.takeFrom]);
    if (known !== undefined && known.rows === key && performance.now() < known.untilMs) return known.found;
    const ask = () => this.#claim(namespace, { rows, lease });
    const believe = (found: Blocker | null): Blocker | null => {
      this.#claims.set(namespace, { found, rows: key, untilMs: performance.now() + believedMs });
      return found;
    };
    try {
      // Another Fairlead may have claimed it in the same moment: then what it wrote is read.
      return believe(
        await ask().catch((error: unknown) => (isCode(error, 'conflict') ? ask() : Promise.reject(error))),
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Without the right to Leases two Fairleads cannot be told apart, which the check list says.
      if (isCode(error, 'clusterUnauthorized')) return believe(null);
      return known === undefined ? unread(namespace, error) : known.found;
    }
  }

  async #claim(namespace: string, { rows, lease }: { rows: Rows; lease: Lease }): Promise<Blocker | null> {
    const { access, instanceId } = this.#options;
    const now = new Date();
    const seen = await access.claimOf(namespace);
    const wish = { instanceId, wanted: rows.claim?.wanted ?? true, takeFrom: rows.claim?.takeFrom ?? null };
    const move = claimMove(namespace, { seen, wish, now });
    const write = async (holder: string): Promise<void> => {
      assertHeld(lease);
      await access.writeClaim(namespace, { holder, now, base: seen });
      await this.#remember(namespace, { rows, lease, seen: { holder, renewedAt: now } });
    };
    switch (move.kind) {
      case 'hold':
        return null;
      case 'write':
        await write(instanceId);
        return null;
      case 'release':
        await write('');
        return move.blocker;
      case 'blocked':
        await this.#remember(namespace, { rows, lease, seen });
        return move.blocker;
    }
  }

  /** For the cluster's page; our own renewals are no news. */
  async #remember(
    namespace: string,
    {
      rows,
      lease,
      seen,
    }: { rows: Rows; lease: Lease; seen: Pick<NamespaceClaim, 'holder' | 'renewedAt'> | null },
  ): Promise<void> {
    const { clusterId, instanceId } = this.#options;
    const holder = seen === null || seen.holder === '' ? null : seen.holder;
    const sameHolder = rows.claim !== null && rows.claim.holder === holder;
    const sameTime = rows.claim?.renewedAt?.getTime() === seen?.renewedAt?.getTime();
    if (sameHolder && (holder === instanceId || sameTime) && rows.claim?.takeFrom === null) return;
    const state = { holder, renewedAt: seen?.renewedAt ?? null, seenAt: new Date() };
    const taken = holder === instanceId ? { takeFrom: null } : {};
    await this.#store(lease, (tx) =>
      tx
        .insert(namespaceClaim)
        .values({ clusterId, namespace, ...state })
        .onConflictDoUpdate({
          target: [namespaceClaim.clusterId, namespaceClaim.namespace],
          set: { ...state, ...taken },
        }),
    );
  }

  async #store(
    lease: Lease,
    write: (tx: Transaction, mine: ReturnType<typeof eq>) => Promise<unknown>,
  ): Promise<void> {
    const { db, clusterId } = this.#options;
    await transaction(db, async (tx) => {
      await fence(tx, lease);
      await write(tx, eq(clusterTable.id, clusterId));
      await notifyChange(tx, { projectId: null, topic: 'cluster', id: clusterId });
    });
  }
}
