import { watchedRefusal } from './adoption.ts';
import { type ByteCheck, byteCheckRefusal } from './byte-check.ts';
import { type Member, type PolicyRules, type Subject, satisfiableRefusal } from './policy.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Everything that decides whether a request may be sent; read for one draft, or for all cells of a matrix at once. */
export type RequestFacts = {
  readonly target: { readonly mode: 'managed' | 'watched' };
  readonly version: {
    readonly id: string;
    readonly modelName: string;
    readonly number: number;
    readonly artefactDigest: string | null;
  };
  /** Null when neither the version nor the spec pins the serving image by digest. */
  readonly imageDigest: string | null;
  /** Digest over what would run. */
  readonly specDigest: string;
  /** What is live, with the request that made it so, where that is known. */
  readonly live: {
    readonly number: number;
    readonly specDigest: string;
    readonly promotionId?: string | null;
  } | null;
  /** The rollout that is under way on the service. */
  readonly active: {
    readonly rolloutId: string;
    readonly promotionId?: string | null;
    readonly number: number;
    readonly specDigest: string;
  } | null;
  /** A request with the same content that is still in force. */
  readonly pendingPromotionId: string | null;
  /** The version's newest report that has thresholds. */
  readonly evidence: { readonly id: string; readonly name: string; readonly passed: boolean } | null;
  /** How the bytes that would run are checked. */
  readonly byteCheck: ByteCheck;
  readonly rules: PolicyRules;
  readonly members: readonly Member[];
  readonly subject: Subject;
  /** What the policy wants proven first and no version could prove. */
  readonly proving: readonly Refusal[];
};

/** Why the request cannot be sent, most basic reason first; empty when it can. The command throws the first. */
export function requestRefusals(facts: RequestFacts): Refusal[] {
  const { rules, members, subject } = facts;
  return [
    watchedRefusal(facts.target),
    artefactRefusal(facts),
    imageRefusal(facts),
    liveRefusal(facts),
    pendingRefusal(facts),
    evidenceRefusal(facts),
    byteCheckRefusal(rules, facts.byteCheck),
    ...facts.proving,
    satisfiableRefusal(rules, members, subject),
  ].filter((found) => found !== null);
}

/** Why nothing can be promoted to an environment that has no service of this name. */
export function targetMissing(serviceName: string, environmentName: string): Refusal {
  return refusal({
    code: 'serviceMissing',
    message: `There is no service "${serviceName}" in ${environmentName}.`,
    params: { serviceName, environment: environmentName },
    fix: 'Create it there first.',
  });
}

function artefactRefusal({ version }: RequestFacts): Refusal | null {
  if (version.artefactDigest !== null) return null;
  return refusal({
    code: 'digestMissing',
    message: `The artefact digest of ${version.modelName} ${version.number} is not known yet.`,
    params: { modelVersionId: version.id },
    fix: 'Set the digest of the version: approvals bind to it.',
  });
}

function imageRefusal({ imageDigest }: RequestFacts): Refusal | null {
  if (imageDigest !== null) return null;
  return refusal({
    code: 'digestMissing',
    message: 'The serving image is not pinned by digest, neither by the version nor by the service.',
    fix: 'Register the version with "registry/name@sha256:…", or name the image so in the pod template.',
  });
}

function liveRefusal({ live, active, specDigest }: RequestFacts): Refusal | null {
  if (live?.specDigest === specDigest)
    return refusal({
      code: 'alreadyLive',
      message: `Exactly this is live already as revision ${live.number}.`,
      params: { revisionNumber: live.number, promotionId: live.promotionId ?? null },
    });
  if (active?.specDigest === specDigest)
    return refusal({
      code: 'alreadyLive',
      message: `Exactly this is being rolled out already as revision ${active.number}.`,
      params: { rolloutId: active.rolloutId, promotionId: active.promotionId ?? null },
    });
  return null;
}

function pendingRefusal({ pendingPromotionId }: RequestFacts): Refusal | null {
  if (pendingPromotionId === null) return null;
  return refusal({
    code: 'conflict',
    message: 'Exactly this has been asked for already and is not decided or not started yet.',
    params: { promotionId: pendingPromotionId },
    fix: 'Open the request that is there.',
  });
}

/** The newest report with thresholds decides. */
function evidenceRefusal({ rules, evidence }: RequestFacts): Refusal | null {
  if (!rules.requiresPassingEvidence) return null;
  if (evidence === null)
    return refusal({
      code: 'evidenceMissing',
      message: 'The policy asks for an evaluation report with thresholds, and the version has none.',
      fix: 'Attach the report to the version.',
    });
  if (evidence.passed) return null;
  return refusal({
    code: 'evidenceFailed',
    message: `The newest report, "${evidence.name}", did not keep its thresholds.`,
    params: { evidenceId: evidence.id },
    fix: 'Attach a newer report that passes, or register a better version.',
  });
}
