import type { Binning, CategoricalBinning } from './binning.ts';

/** A value's text may be stored and shown only when at least this many rows carried it (drift.md §9.10). */
const shownFrom = 20;

const prefix = 'hmac:';

/** What stands for a text that may not be kept: the HMAC under the key of the project, in hex. */
export const hiddenKey = (hmac: string): string => `${prefix}${hmac}`;

/** Whether a key of a categorical binning stands for a text that is not kept. */
export const isHidden = (key: string): boolean => key.startsWith(prefix);

/**
 * The binning with an HMAC in place of every text that fewer than 20 rows carried. Texts that look like such a key are
 * hidden too, so that no value is taken for another.
 */
export function hideRareValues(
  binning: CategoricalBinning,
  rowsByValue: ReadonlyMap<string, number>,
  hide: (text: string) => string,
): CategoricalBinning {
  const kept = (text: string) =>
    (rowsByValue.get(text) ?? 0) >= shownFrom && !isHidden(text) ? text : hide(text);
  return {
    kind: 'categorical',
    categories: binning.categories.map(kept),
    // In the order of the keys, which tells nothing of the texts.
    tail: binning.tail === 'open' ? 'open' : binning.tail.map(kept).toSorted(),
  };
}

/**
 * Turns a value into what the binning counts: texts that it keeps hidden become their key, all else stays. Hashes only
 * texts that the binning does not know, and only where it hides any.
 */
export function valueCloak(binning: Binning, hide: (text: string) => string): (value: unknown) => unknown {
  if (binning.kind !== 'categorical') return (value) => value;
  const tail = binning.tail === 'open' ? [] : binning.tail;
  const keys = [...binning.categories, ...tail];
  if (!keys.some(isHidden)) return (value) => value;
  const plain = new Set(keys.filter((key) => !isHidden(key)));
  return (value) => {
    const isText = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
    const text = String(value);
    return !isText || plain.has(text) ? value : hide(text);
  };
}
