import type { CostRole } from '../metering/facts.ts';

/** Who a row of the ledger counts for. */
export type LedgerOwner = {
  readonly projectId: string | null;
  readonly environmentId: string | null;
  readonly serviceId: string | null;
  readonly revisionId: string | null;
  readonly modelId: string | null;
  readonly modelVersionId: string | null;
  readonly role: CostRole | null;
  readonly runId: string | null;
};

/** The instance: idle, system, unobserved, and pods that no rule gives to anybody. */
export const nobody: LedgerOwner = {
  projectId: null,
  environmentId: null,
  serviceId: null,
  revisionId: null,
  modelId: null,
  modelVersionId: null,
  role: null,
  runId: null,
};

/** The same text exactly for the same owner. */
export function ownerKey(owner: LedgerOwner): string {
  if (owner === nobody) return '';
  const { projectId, environmentId, serviceId, revisionId, modelId, modelVersionId, role, runId } = owner;
  return [projectId, environmentId, serviceId, revisionId, modelId, modelVersionId, role, runId]
    .map((part) => part ?? '')
    .join('|');
}
