import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';

/** `sha256:<hex>` of a text's UTF-8 bytes. */
export function sha256(text: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `sha256:<hex>` of the value's canonical JSON (RFC 8785). */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
