/** What a revision, or several of a version, cost and answered over the same time. */
export type ArmUse = {
  /** Serving, warm-up and the share of idle, in nano. */
  readonly amountNano: bigint;
  readonly requests: number;
  /** Time in which requests were counted, and in which it served. */
  readonly countedMs: number;
  readonly servedMs: number;
  /** GPU time without a price, in milli-GPU-seconds. */
  readonly unpriced: bigint;
  /** Prompt and generated tokens together; null where the server exposes none, or for a shadow, which serves nobody. */
  readonly tokens: number | null;
};

/** Why a figure is to be taken with care. */
export type Doubt = 'shortTime' | 'fewTokens' | 'notAllCounted' | 'unpriced';

export type UnitCost = {
  /** Nano for 1,000 requests; null without a request. */
  readonly perThousandRequestsNano: bigint | null;
  /** Nano for a million tokens; null without tokens. */
  readonly perMillionTokensNano: bigint | null;
  readonly doubts: readonly Doubt[];
};

const shortestMs = 15 * 60_000;
const fewestTokens = 10_000;
/** Of the time that it served, at least this share has to be counted. */
const leastCounted = 0.9;

function per(amountNano: bigint, units: number, count: number): bigint | null {
  const whole = Math.round(count);
  return whole <= 0 ? null : (amountNano * BigInt(units) + BigInt(whole) / 2n) / BigInt(whole);
}

/**
 * Cost of 1,000 requests and of a million tokens, rounded to a nano: amount ÷ what was counted. Absent, not 0, where nothing
 * was counted. Doubts say when less than 15 minutes, fewer than 10,000 tokens or not all of its time was counted, or when
 * some of its GPU time has no price (the true cost is then higher).
 */
export function unitCost(use: ArmUse): UnitCost {
  const doubts: Doubt[] = [];
  if (use.countedMs < shortestMs) doubts.push('shortTime');
  if (use.tokens !== null && use.tokens < fewestTokens) doubts.push('fewTokens');
  if (use.countedMs < leastCounted * use.servedMs) doubts.push('notAllCounted');
  if (use.unpriced > 0n) doubts.push('unpriced');
  return {
    perThousandRequestsNano: per(use.amountNano, 1_000, use.requests),
    perMillionTokensNano: use.tokens === null ? null : per(use.amountNano, 1_000_000, use.tokens),
    doubts,
  };
}

/** What an arm exposes of its work; null for what its server does not expose. */
export type ArmWork = {
  readonly requests: number;
  /** Sum of the time that its requests took, from the histogram's sum. */
  readonly requestSeconds: number | null;
  /** Requests that one replica answers at a time, on average while it is busy. */
  readonly concurrency: number | null;
  /** GPUs of one replica. */
  readonly gpus: number;
  /** Nano for an hour of one of its GPUs; null without a price. */
  readonly gpuHourNano: bigint | null;
};

/**
 * Nano for 1,000 requests if every arm were as busy: GPU price per second × mean busy GPU-seconds per request, which are
 * request-time sum ÷ requests ÷ concurrency × GPUs. Null unless time, concurrency and price are all known and there was a
 * request: at actual load a small canary looks expensive only because it idles, and a guess would hide just that.
 */
export function equalLoadCost(work: ArmWork): bigint | null {
  const { requests, requestSeconds, concurrency, gpus, gpuHourNano } = work;
  if (requestSeconds === null || concurrency === null || gpuHourNano === null) return null;
  if (requests <= 0 || concurrency <= 0 || requestSeconds < 0) return null;
  const busyGpuSeconds = (requestSeconds / requests / concurrency) * gpus;
  // Nano of a GPU-second has no fraction worth keeping; the seconds keep a millionth.
  const micro = BigInt(Math.round(busyGpuSeconds * 1_000 * 1_000_000));
  return (gpuHourNano * micro) / (3_600n * 1_000_000n);
}

/** How many times the canary costs what stable does; null unless both are known and stable costs anything. */
export function costRatio(canaryNano: bigint | null, stableNano: bigint | null): number | null {
  if (canaryNano === null || stableNano === null || stableNano <= 0n) return null;
  return Number((canaryNano * 10_000n) / stableNano) / 10_000;
}
