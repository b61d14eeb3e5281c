/** A reproducible source of randomness: the same text gives the same numbers in every process. */
export type RandomKey = { readonly high: number; readonly low: number };

/** Final mix of MurmurHash3 (Appleby, public domain): every input bit moves every output bit. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The key of a text; two different texts practically never share one (64 bits). */
export function randomKey(text: string): RandomKey {
  let high = 0x9e3779b9;
  let low = 0x7f4a7c15;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + index), 0x5bd1e995) ^ (low >>> 15);
  }
  return { high: mix(high ^ text.length), low: mix(low ^ high) };
}

/** A key of its own for each level of a tree. */
export function levelKey(key: RandomKey, level: number): RandomKey {
  return { high: mix(key.high ^ Math.imul(level + 1, 0x9e3779b1)), low: key.low };
}

/** 32 random bits for a place (a whole number below 2^53) and a draw number; pure. */
export function randomBits(key: RandomKey, index: number, draw: number): number {
  const inner = mix(key.high ^ (index >>> 0));
  const outer = mix((inner + Math.floor(index / 2 ** 32)) ^ key.low);
  return mix((outer + Math.imul(draw + 1, 0x85ebca77)) | 0);
}

/** A number in [0, 1) for a place and a draw number. */
export function randomUnit(key: RandomKey, index: number, draw = 0): number {
  return randomBits(key, index, draw) / 2 ** 32;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A Kubernetes-like suffix without vowels, for names of pods. */
export function randomSuffix(text: string, length: number): string {
  const key = randomKey(text);
  const letter = (_: unknown, index: number) =>
    alphabet[Math.floor(randomUnit(key, index) * alphabet.length)] ?? 'x';
  return Array.from({ length }, letter).join('');
}
