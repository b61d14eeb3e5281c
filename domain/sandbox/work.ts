import type { ModelVersionBehaviour } from '../sandbox.ts';
import type { PodWork } from '../unit-cost/pod-work.ts';
import { latencyBoundsMs } from './latency.ts';
import { type RandomKey, randomUnit } from './random.ts';

/** What a request of each latency class takes in seconds: the middle of its bounds on a log scale. */
const classSeconds = [...latencyBoundsMs, 5_000].map(
  (bound, index) => Math.sqrt(bound * (latencyBoundsMs[index - 1] ?? bound / 2)) / 1_000,
);

/** Seconds of requests by outcome: answered ones by class, then failed ones by class. */
function secondsOf(byOutcome: readonly number[]): number {
  return byOutcome.reduce(
    (sum, count, outcome) => sum + count * (classSeconds[outcome % classSeconds.length] ?? 0),
    0,
  );
}

/** An answered token takes as long as so many prompt tokens that are read. */
const answerWeight = 30;

/** How many of a Poisson law lie below the share; of large means the mean itself. */
function poissonQuantile(mean: number, share: number): number {
  if (mean > 200) return Math.round(mean);
  let count = 0;
  let probability = Math.exp(-mean);
  for (let below = probability; below < share && count < 1_000; below += probability) {
    count += 1;
    probability *= mean / count;
  }
  return count;
}

type Seen = {
  readonly tokens: NonNullable<ModelVersionBehaviour['tokens']>;
  /** Requests so far, by outcome. */
  readonly byOutcome: readonly number[];
  /** Requests expected in each of the last seconds, by outcome. */
  readonly perSecond: readonly number[];
  readonly key: RandomKey;
  readonly atMs: number;
};

/**
 * What a server of language models would count of these requests: fixed tokens a request, times by latency class, and as
 * requests under way a draw from the Poisson law with mean λS (M/G/∞). Pure.
 */
export function sandboxWork({ tokens, byOutcome, perSecond, key, atMs }: Seen): PodWork {
  const requests = byOutcome.reduce((sum, count) => sum + count, 0);
  const promptTokens = requests * tokens.prompt;
  const cachedTokens = Math.floor(promptTokens * tokens.cachedShare);
  const generatedTokens = requests * tokens.generated;
  const runningSeconds = secondsOf(byOutcome);
  const computed = tokens.prompt * (1 - tokens.cachedShare);
  const weight = computed + answerWeight * tokens.generated;
  const prefillSeconds = weight > 0 ? (runningSeconds * computed) / weight : 0;
  return {
    promptTokens,
    generatedTokens,
    cachedTokens,
    runningSeconds,
    prefillSeconds,
    decodeSeconds: runningSeconds - prefillSeconds,
    running: poissonQuantile(secondsOf(perSecond), randomUnit(key, Math.floor(atMs / 1_000))),
  };
}
