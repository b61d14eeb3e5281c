import type { Rollout } from './rollout.ts';
import { rolloutWeights } from './rollout-weights.ts';
import type { DesiredRevision, DesiredServing, ServingScope } from './serving.ts';

/** What a Service is by itself: where it lives and which revision is stable (null before the first). */
export type ServingInput = {
  readonly scope: ServingScope;
  readonly generation: number;
  readonly stable: DesiredRevision | null;
};

/** A rollout with both of its revisions as they should run. */
export type RolloutInput = {
  readonly rollout: Rollout;
  readonly from: DesiredRevision | null;
  readonly to: DesiredRevision;
};

/**
 * Everything the cluster should hold: both revisions at full size from the start until one of them is settled on, the
 * split of the rollout's phase, and who takes the share of an unready one. On the way back the new revision is left
 * untouched until it may go. Without a rollout: stable alone with 100, or nothing at all. A revision that is kept for
 * debugging runs beside it without traffic.
 */
export function desiredServing(
  service: ServingInput,
  active: RolloutInput | null,
  debugged: DesiredRevision | null = null,
): DesiredServing {
  const { scope, generation, stable } = service;
  const own = active === null ? resting(stable) : rollingOut(active);
  const isBeside = debugged !== null && !own.revisions.some(({ number }) => number === debugged.number);
  return {
    scope,
    generation,
    ...own,
    ...(isBeside ? { revisions: [...own.revisions, debugged], debuggedNumber: debugged.number } : {}),
  };
}

type Wanted = Omit<DesiredServing, 'scope' | 'generation'>;

function resting(stable: DesiredRevision | null): Wanted {
  return {
    revisions: stable === null ? [] : [stable],
    weights: stable === null ? {} : { [stable.number]: 100 },
    fallbackNumber: stable?.number ?? null,
  };
}

function rollingOut({ rollout, from, to }: RolloutInput): Wanted {
  const revisions = keptRevisions(rollout, { from, to });
  return {
    revisions,
    weights: rolloutWeights(rollout),
    fallbackNumber: (from !== null && revisions.includes(from) ? from : revisions[0])?.number ?? null,
    ...(rollout.progress.phase === 'rollingBack' ? { untouched: [to.number] } : {}),
  };
}

function keptRevisions(
  { progress }: Rollout,
  { from, to }: { from: DesiredRevision | null; to: DesiredRevision },
): DesiredRevision[] {
  const both = from === null ? [to] : [from, to];
  switch (progress.phase) {
    case 'starting':
    case 'stepping':
    case 'finishing':
      return both;
    case 'succeeded':
      return [to];
    case 'rollingBack':
    case 'rolledBack':
    case 'aborted':
      return from === null ? [] : [from];
  }
}
