import assert from 'node:assert/strict';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';
import { binomialBand } from './binomial-band.ts';
import { countsBetween, type LoadCounts, type RunningLoad } from './load.ts';
import type { Product } from './product.ts';
import { waitFor } from './wait-for.ts';

export type RolloutPage = inferRouterOutputs<AppRouter>['rollouts']['get'];

/** The requests that were counted while a step's weight was in effect. */
export interface StepWindow {
  readonly weightPercent: number;
  readonly from: LoadCounts;
  readonly to: LoadCounts;
}

/** Asks for the page until it satisfies the test; the error shows what it said last. */
export async function rolloutUntil(
  product: Product,
  { rolloutId, what, limitMs = 120_000 }: { rolloutId: string; what: string; limitMs?: number },
  found: (page: RolloutPage) => boolean,
): Promise<RolloutPage> {
  let last: RolloutPage | null = null;
  try {
    return await waitFor(what, limitMs, async () => {
      last = await product.people.operator.rollouts.get.query({ rolloutId });
      return found(last) ? last : null;
    });
  } catch (error) {
    throw new Error(`${what}: ${words(last)}`, { cause: error });
  }
}

function words(page: RolloutPage | null): string {
  if (page === null) return 'no page was read';
  const { phase, stepIndex, acceptedAt, effectiveAt, blockers, failure, status } = page;
  const short = { phase, stepIndex, acceptedAt, effectiveAt, failure, blockers, results: status?.results };
  return JSON.stringify({ ...short, measured: status?.measured, requests: status?.requests }, null, 1);
}

/** The rollout that an approved promotion became. */
export async function rolloutOf({ people }: Product, promotionId: string): Promise<string> {
  return await waitFor('the start of the rollout', 60_000, async () => {
    const { rolloutId, state, blockers } = await people.operator.promotions.get.query({ promotionId });
    if (rolloutId === null && state !== 'approved' && state !== 'started')
      throw new Error(`it is ${state}: ${JSON.stringify(blockers)}`);
    return rolloutId;
  });
}

/** Follows a rollout to its end and gives, for each step, the requests between two sightings of its effective weight. */
export async function followSteps(
  product: Product,
  rolloutId: string,
  load: RunningLoad,
): Promise<{ end: RolloutPage; windows: Map<number, StepWindow> }> {
  const windows = new Map<number, StepWindow>();
  const what = 'the end of the rollout';
  let before = load.counts();
  const end = await rolloutUntil(product, { rolloutId, what, limitMs: 240_000 }, (page) => {
    const { phase, stepIndex, effectiveAt, weightPercent, endedAt } = page;
    if (phase === 'stepping' && effectiveAt !== null) {
      const known = windows.get(stepIndex);
      // The page is older than now, so the end of a window is what was counted before the page was asked for.
      windows.set(stepIndex, { weightPercent, from: known?.from ?? load.counts(), to: before });
    }
    before = load.counts();
    return endedAt !== null;
  });
  return { end, windows };
}

/** Fails unless the canary's share of the window's requests lies in the binomial band of its weight. */
export function assertShare(window: StepWindow, canary: number, leastRequests: number): void {
  const split = countsBetween(window.from, window.to, 'byRevision');
  const total = Object.values(split).reduce((sum, count) => sum + count, 0);
  const got = split[String(canary)] ?? 0;
  const { low, high } = binomialBand(total, window.weightPercent / 100);
  const said = `at ${window.weightPercent} %: ${got} of ${total} requests, band ${low}…${high}`;
  assert.ok(total >= leastRequests, `too few requests ${said}`);
  assert.ok(got >= low && got <= high, said);
}

/** Fails unless every request that was sent was answered 200; what a busy machine could not send (`dropped`) is none. */
export function assertNothingFailed(counts: LoadCounts): void {
  const { broken, byStatus, reasons } = counts;
  const said = `${reasons.join()} ${JSON.stringify(counts)}`;
  assert.deepEqual({ broken, statuses: Object.keys(byStatus) }, { broken: 0, statuses: ['200'] }, said);
}
