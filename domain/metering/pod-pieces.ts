import type { PodBucket, PodFacts } from './facts.ts';
import { type FactsFrom, sameFacts } from './node-timeline.ts';
import type { PodMarks } from './pod-marks.ts';
import { type OpenSpan, podStretches, stretchesFrom } from './pod-timeline.ts';

/** A pod in one bucket with the same facts: what one row holds. */
export type PodPiece = OpenSpan & {
  readonly bucket: PodBucket;
  readonly facts: PodFacts;
  readonly observed: boolean;
  readonly estimated: boolean;
};

/** All that is known of a pod's life. */
export type PodHistory = {
  /** Before this nothing is worked out anew: it is stored, or lies before metering of the cluster began. */
  readonly fromMs: number;
  readonly marks: PodMarks;
  /** Rising; the first holds from the beginning. Never empty. */
  readonly facts: readonly FactsFrom<PodFacts>[];
};

/** What is learned of a pod only once it runs was true of it before. */
function settled(facts: readonly FactsFrom<PodFacts>[]): FactsFrom<PodFacts>[] {
  const all: FactsFrom<PodFacts>[] = [];
  for (const { atMs, facts: each } of facts.toReversed()) {
    const later = all.at(-1)?.facts;
    const imageDigests = each.imageDigests.length === 0 ? (later?.imageDigests ?? []) : each.imageDigests;
    const learned = { ...each, imageDigests, revisionId: each.revisionId ?? later?.revisionId ?? null };
    if (later !== undefined && sameFacts(later, learned)) all.pop();
    all.push({ atMs, facts: learned });
  }
  return all.toReversed();
}

/** Nor is it forgotten because the next look did not show it. */
function remembered(known: PodFacts | undefined, next: PodFacts): PodFacts {
  if (known === undefined) return next;
  const imageDigests = next.imageDigests.length === 0 ? known.imageDigests : next.imageDigests;
  return { ...next, imageDigests, revisionId: next.revisionId ?? known.revisionId };
}

/** Adds what one look at a pod showed, unless it is what was known already. */
export function withPodFacts(
  known: readonly FactsFrom<PodFacts>[],
  { atMs, facts }: FactsFrom<PodFacts>,
): FactsFrom<PodFacts>[] {
  return withFacts(known, { atMs, facts: remembered(known.at(-1)?.facts, facts) });
}

/** Adds what one look showed, unless it is what was known already. */
export function withFacts<Facts>(
  known: readonly FactsFrom<Facts>[],
  added: FactsFrom<Facts>,
): FactsFrom<Facts>[] {
  const last = known.at(-1);
  return last !== undefined && sameFacts(last.facts, added.facts) ? [...known] : [...known, added];
}

/** The intervals of a pod from `fromMs` on: one bucket and one set of facts each, without gaps until its end. */
export function podPieces(
  { fromMs, marks, facts }: PodHistory,
  around: Parameters<typeof podStretches>[1],
): PodPiece[] {
  const known = settled(facts);
  return stretchesFrom(podStretches(marks, around), fromMs).flatMap((stretch) => {
    const endMs = stretch.toMs ?? Number.POSITIVE_INFINITY;
    const changes = known.slice(1).filter(({ atMs }) => atMs > stretch.fromMs && atMs < endMs);
    const first = known.findLast(({ atMs }) => atMs <= stretch.fromMs) ?? known[0];
    if (first === undefined) return [];
    const parts = [{ ...first, atMs: stretch.fromMs }, ...changes];
    return parts.map((part, index): PodPiece => {
      const next = parts[index + 1];
      return {
        fromMs: part.atMs,
        toMs: next?.atMs ?? stretch.toMs,
        bucket: stretch.bucket,
        facts: part.facts,
        observed: stretch.observed || changes.length > 0,
        estimated: stretch.estimated,
      };
    });
  });
}
