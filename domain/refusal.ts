/** The closed set of reasons why a command refuses and why an object waits; refusals and blockers share it. */
export const refusalCodes = [
  'notFound',
  'forbidden',
  'unauthenticated',
  'invalidInput',
  'conflict',
  'rateLimited',
  'providerUnreachable',
  'providerRefused',
  'clockSkew',
  'noRights',
  'digestMissing',
  'evidenceMissing',
  'evidenceFailed',
  'bytesUnchecked',
  'subjectChanged',
  'policyChanged',
  'policyUnsatisfiable',
  'approvalsMissing',
  'notApprover',
  'ownRequest',
  'alreadyDecided',
  'wrongState',
  'alreadyLive',
  'rolloutActive',
  'noStableRevision',
  'planInvalid',
  'nameTaken',
  'clusterUnknown',
  'clusterUnreachable',
  'clusterUnauthorized',
  'clusterReplaced',
  'rightsMissing',
  'tokenExpiring',
  'namespaceClaimed',
  'crdMissing',
  'dryRunRefused',
  'fight',
  'revisionNotReady',
  'quotaExceeded',
  'unschedulable',
  'imagePull',
  'crashLoop',
  'progressDeadline',
  'routeNotAccepted',
  'weightNotEffective',
  'metricsUnreachable',
  'noEvidence',
  'minimumTime',
  'minimumSamples',
  'paused',
  'held',
  'scaleDownDelay',
  'recording',
  'analysisFailed',
  'railBroken',
  'objectiveBurn',
  'drift',
  'waitingForCluster',
  'workerSilent',
  'ownerMissing',
  'frozen',
  'capacityUnknown',
  'budgetExceeded',
  'queued',
  'healthyTimeMissing',
  'serviceMissing',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** A command's no: one sentence for people, a code and params for programs, and what would mend it. */
export type Refusal = {
  code: RefusalCode;
  message: string;
  params: Record<string, string | number | boolean | null>;
  fix: string | null;
};

/** What an object waits for, computed by the functions that decide. */
export type Blocker = Refusal & {
  /** Who can change it: a role, a person's name, or "the cluster"; null when only time does. */
  owner: string | null;
  /** ISO time at which it ends by itself; null when it does not. */
  until: string | null;
};

type RefusalInput = {
  code: RefusalCode;
  message: string;
  params?: Refusal['params'];
  fix?: string | null;
};

/** Builds a Refusal with empty params and no fix unless given. */
export function refusal(input: RefusalInput): Refusal {
  return { code: input.code, message: input.message, params: input.params ?? {}, fix: input.fix ?? null };
}

/** Builds a Blocker; owner and until are null unless given. */
export function blocker(input: RefusalInput & { owner?: string | null; until?: Date | null }): Blocker {
  return { ...refusal(input), owner: input.owner ?? null, until: input.until?.toISOString() ?? null };
}

/** The only error that carries a sentence to the user; every other message is replaced at the edge. */
export class DomainError extends Error {
  readonly refusal: Refusal;
  constructor(input: RefusalInput) {
    super(input.message);
    this.name = 'DomainError';
    this.refusal = refusal(input);
  }
}

/** Throws the refusal when there is one; the same function's answer disables the button. */
export function refuse(found: Refusal | null): void {
  if (found !== null) throw new DomainError(found);
}
