import * as z from 'zod';
import { sha256Schema } from './digest.ts';

/** One digest that runs in a workload's serving containers, and in how many of its pods. */
export const runningImageSchema = z.object({
  digest: sha256Schema,
  /** `registry/name@sha256:…` when the runtime names it; null for an image that only its node knows. */
  reference: z.string().nullable(),
  podCount: z.int(),
});
export type RunningImage = z.infer<typeof runningImageSchema>;

/**
 * The digest in a container status's `imageID`, in the forms of docker, containerd and CRI-O; null for an empty one and for
 * one without a digest (a tag says nothing about what runs).
 */
export function parseImageId(imageId: string): Pick<RunningImage, 'digest' | 'reference'> | null {
  const named = imageId.replace(/^[a-z-]+:\/\//, '');
  const digest = /(?:^|@)(sha256:[0-9a-f]{64})$/.exec(named)?.[1];
  if (digest === undefined) return null;
  return { digest, reference: named.includes('@') ? named : null };
}

/** Distinct digests, the one of most pods first, and how many pods name none; equal counts go by digest. */
export function runningImages(imageIds: readonly (string | null)[]): {
  images: RunningImage[];
  unknownPodCount: number;
} {
  const found = imageIds.map((imageId) => (imageId === null ? null : parseImageId(imageId)));
  const byDigest = new Map<string, RunningImage>();
  for (const image of found) {
    if (image === null) continue;
    const present = byDigest.get(image.digest);
    byDigest.set(image.digest, {
      digest: image.digest,
      reference: present?.reference ?? image.reference,
      podCount: (present?.podCount ?? 0) + 1,
    });
  }
  const images = [...byDigest.values()].sort(
    (left, right) => right.podCount - left.podCount || (left.digest < right.digest ? -1 : 1),
  );
  return { images, unknownPodCount: found.filter((image) => image === null).length };
}
