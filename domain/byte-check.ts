import type { PolicyRules } from './policy.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { ArtefactDelivery } from './service-spec.ts';

/**
 * imageDigest: the bytes come in an image or an OCI artefact that the node pulls by digest · initStep: a step of ours
 * computes the artefact digest in each pod before the server starts · declaredOnly: nothing compares what runs with the
 * digest that was registered.
 */
export const byteChecks = ['imageDigest', 'initStep', 'declaredOnly'] as const;
export type ByteCheck = (typeof byteChecks)[number];

type Artefact = { readonly sourceUri: string; readonly artefactDigest: string | null };

/** How the bytes that a revision runs are checked; follows from what never changes of it. */
export function byteCheck(delivery: ArtefactDelivery, artefact: Artefact): ByteCheck {
  switch (delivery.kind) {
    case 'inImage':
      return 'imageDigest';
    case 'ociVolume':
      return ociReference(artefact).includes('@sha256:') ? 'imageDigest' : 'declaredOnly';
    case 'initContainer':
      return delivery.checkImage != null && artefact.artefactDigest !== null ? 'initStep' : 'declaredOnly';
    case 'storageUri':
      return 'declaredOnly';
  }
}

/** With a known digest the reference is pinned to it, so that the kubelet takes the bytes that were approved or none. */
export function ociReference({ sourceUri, artefactDigest }: Artefact): string {
  const reference = sourceUri.replace(/^oci:\/\//, '');
  if (artefactDigest === null) return reference;
  const path = reference.replace(/@.*$/, '');
  return `${path.replace(/:[^/:]*$/, '')}@${artefactDigest}`;
}

/** Why a policy does not take this revision, or null; asked before a request is sent and again before its rollout starts. */
export function byteCheckRefusal(
  rules: Pick<PolicyRules, 'requiresCheckedBytes'>,
  check: ByteCheck,
): Refusal | null {
  if (!rules.requiresCheckedBytes || check !== 'declaredOnly') return null;
  return refusal({
    code: 'bytesUnchecked',
    message:
      'The policy refuses bytes that were only declared, and nothing compares what this revision loads with the digest of the version.',
    fix: 'Change the delivery in the specification: into the serving image, an OCI volume, or an init container with a check image.',
  });
}
