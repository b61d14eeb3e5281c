import { byteCheck } from '../../domain/byte-check.ts';
import { requestRefusals } from '../../domain/promotion-request.ts';
import { proofBlocker } from '../../domain/proving.ts';
import type { Blocker, Refusal } from '../../domain/refusal.ts';
import { rolloutActive } from '../rows/promotion-judgement.ts';
import type { Draft } from './draft.ts';

/** Why the request cannot be sent, most basic reason first; empty when it can. The command throws the first. */
export function draftRefusals(draft: Draft): Refusal[] {
  const { record, to, stable, members, subject, proofs } = draft;
  const newest = draft.evidence.find((item) => item.verdict !== 'noThreshold');
  return requestRefusals({
    target: record.row,
    version: to.version,
    imageDigest: draft.imageDigest,
    specDigest: to.specDigest,
    live: stable === null ? null : { ...stable, promotionId: draft.livePromotionId },
    active: activeOf(draft),
    pendingPromotionId: draft.pending[0]?.promotion.id ?? null,
    evidence:
      newest === undefined
        ? null
        : { id: newest.id, name: newest.report.name, passed: newest.verdict === 'passed' },
    rules: record.policy.rules,
    members,
    subject,
    byteCheck: byteCheck(to.spec.artefact, to.version),
    proving: proofs.refusals,
  });
}

/** A service has one revision of each content, so the same revision is the same content. */
function activeOf({ active, to }: Draft) {
  if (active === null || active.toRevisionId !== to.revisionId) return null;
  const { id: rolloutId, promotionId } = active;
  return { rolloutId, promotionId, number: to.number, specDigest: to.specDigest };
}

/** What the request would wait for although it may be sent. */
export function draftBlockers({ active, proofs, to, record }: Draft): Blocker[] {
  const versionName = `${to.version.modelName} ${to.version.number}`;
  const names = { versionName, serviceName: record.row.name };
  const unproven = proofs.proofs.map((proof) => proofBlocker(proof, names));
  const before = active === null ? [] : [rolloutActive(active.id)];
  return [...before, ...unproven.filter((found) => found !== null)];
}
