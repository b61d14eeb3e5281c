import type { Transaction } from '../../db/client.ts';
import { byteCheck, byteCheckRefusal } from '../../domain/byte-check.ts';
import type { PolicyRules } from '../../domain/policy.ts';
import type { Blocker, Refusal } from '../../domain/refusal.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { takeOverRefusal } from '../../domain/take-over.ts';
import { clockOffsetMs } from '../clock.ts';
import { promotionProofs } from '../rows/promotion-proofs.ts';
import { reservationRefusal } from './reservation.ts';
import { startFacts } from './start-records.ts';

/** A rollout that is about to start, for guards to judge inside the starting transaction. */
export type PlannedStart = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly promotionId: string;
  readonly fromRevisionId: string | null;
  readonly toRevisionId: string;
  readonly plan: RolloutPlan;
  /** Of the policy under which it was asked for. */
  readonly policyRules: PolicyRules;
  /** Of a retry; 0 unless given. */
  readonly firstStepIndex?: number;
  /** The service's clock, which a sandbox may have moved. */
  readonly now: Date;
};

/** Says why a rollout may not start now, or null; may lock what its yes rests on until the transaction ends. */
export type StartGuard = (tx: Transaction, start: PlannedStart) => Promise<Refusal | Blocker | null>;

/** While a service is being taken over or given back its traffic is spoken for. */
const takeOverGuard: StartGuard = async (tx, start) => {
  const { takeOver } = await startFacts(tx, start);
  return takeOverRefusal('rollOut', { takeOver, rolloutActive: false });
};

/** The policy asks the version to be healthy somewhere else for a time first. */
const provingGuard: StartGuard = async (tx, start) => {
  if (start.policyRules.provenIn.length === 0) return null;
  const { clusterId, clusterKind } = await startFacts(tx, start);
  const aheadMs = clusterKind === 'sandbox' ? await clockOffsetMs(tx, clusterId) : 0;
  const databaseNow = new Date(start.now.getTime() - aheadMs);
  return (await promotionProofs(tx, start.promotionId, databaseNow)).blockers[0] ?? null;
};

/** The policy in force may refuse bytes that were only declared. */
const byteCheckGuard: StartGuard = async (tx, start) => {
  const { rules, to } = await startFacts(tx, start);
  return byteCheckRefusal(rules, byteCheck(to.spec.artefact, to.version));
};

/** Last, because it locks what others need too. */
export const startGuards: readonly StartGuard[] = [
  takeOverGuard,
  byteCheckGuard,
  provingGuard,
  reservationRefusal,
];

/** The first guard's no, or null when all let it pass. */
export async function startRefusal(
  tx: Transaction,
  start: PlannedStart,
  guards: readonly StartGuard[] = startGuards,
): Promise<Refusal | Blocker | null> {
  for (const guard of guards) {
    const found = await guard(tx, start);
    if (found !== null) return found;
  }
  return null;
}
