import * as z from 'zod';

/** `sha256:` and 64 lowercase hex digits. */
export const sha256Schema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'A digest is "sha256:" followed by 64 lowercase hex digits.');

/** An image reference pinned by digest: `registry/name@sha256:…`, with or without a tag before the `@`. */
export const imageByDigestSchema = z
  .string()
  .max(512)
  .regex(
    /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/,
    'Name the image by digest: "registry/name@sha256:<64 hex digits>". Tags can move, digests cannot.',
  );

/** The digest part of an image reference pinned by digest; throws RangeError on any other text. */
export function imageDigest(image: string): string {
  const at = image.lastIndexOf('@');
  const digest = image.slice(at + 1);
  if (at < 0 || !sha256Schema.safeParse(digest).success)
    throw new RangeError(`"${image}" is not pinned by digest.`);
  return digest;
}
