import { type Database, postgresError, transaction } from '../../db/client.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import type { Rollout } from '../../domain/rollout.ts';
import type { DesiredServing, ObservedServing, ServingAction, Weights } from '../../domain/serving.ts';
import { plan } from '../../domain/serving-plan.ts';
import { appendAudit } from '../audit/append.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { log } from '../log.ts';
import type { Lease } from './lease.ts';

/** What the last pass over a Service with an active rollout decided. */
export type LastKnown = { readonly desired: DesiredServing; readonly rollout: Rollout };

/** A weight that was lowered without the database, to be audited when it is back. */
type Lowered = LastKnown & { readonly weights: Weights; readonly before: Weights; readonly at: Date };

/** The database cannot be reached or is not taking work, as against a statement that it refused. */
export function isDatabaseGone(error: unknown): boolean {
  const code = postgresError(error)?.code;
  return code === undefined || /^(08|53|57)/.test(code);
}

/**
 * Without the database nothing may be decided anew: only a canary that lost its endpoints gives its share back, as the
 * last known plan says. Never raises a canary, deletes nothing, creates nothing; empty when the canary is well.
 */
export function loweringActions({ desired, rollout }: LastKnown, observed: ObservedServing): ServingAction[] {
  const canary = rollout.toNumber;
  const requested = observed.route.requested[canary] ?? 0;
  return plan(desired, observed).filter(
    (action) => action.kind === 'applyRoute' && (action.weights[canary] ?? 0) < requested,
  );
}

/** Keeps watch over rollouts while the database is gone, and tells the audit trail when it is back. */
export class DatabaseOutage {
  readonly #known = new Map<string, LastKnown>();
  #lowered: Lowered[] = [];

  /** Remembers the last decision about a Service; null forgets it (no rollout is active). */
  remember(serviceId: string, known: LastKnown | null): void {
    if (known === null) this.#known.delete(serviceId);
    else this.#known.set(serviceId, known);
  }

  /**
   * One look at every remembered rollout, under the lease that was held at the last contact: nobody else can have taken
   * it while the database is gone, and each write carries the uid and resourceVersion that were seen.
   */
  async watch(cluster: Cluster, lease: Lease, at: Date): Promise<void> {
    for (const [serviceId, known] of this.#known) {
      const { scope, generation } = known.desired;
      try {
        const observed = await cluster.observe(scope);
        for (const action of loweringActions(known, observed)) {
          await cluster.apply(scope, action, { epoch: lease.epoch, generation });
          if (action.kind !== 'applyRoute') continue;
          this.#lowered.push({ ...known, weights: action.weights, before: observed.route.requested, at });
          log.warn({ serviceId }, 'Lowered a canary while the database could not be reached.');
        }
      } catch (error) {
        log.warn({ error, serviceId }, 'A rollout could not be looked after without the database.');
      }
    }
  }

  /** Writes down what was done meanwhile; keeps it for the next time when that fails. */
  async settle(db: Database, origin: 'live' | 'demo'): Promise<void> {
    while (this.#lowered[0] !== undefined) {
      const { rollout, desired, weights, before, at } = this.#lowered[0];
      const { projectId, serviceName } = desired.scope;
      await transaction(db, (tx) =>
        appendAudit(tx, {
          projectId,
          actor: systemPrincipal,
          action: 'rollouts.advance',
          now: at,
          origin,
          drafts: [
            {
              object: {
                kind: 'rollout',
                id: rollout.id,
                name: `${serviceName} r${rollout.fromNumber ?? ''} → r${rollout.toNumber}`,
              },
              sentence: `Revision ${rollout.toNumber} lost its endpoints while the database could not be reached, so its share was given back.`,
              before: { weights: before },
              after: { weights },
              related: [{ kind: 'service', id: rollout.serviceId }],
            },
          ],
        }),
      );
      this.#lowered = this.#lowered.slice(1);
    }
  }
}
