/** Tokens of an arm, and the time that it spent on them; null for what its server does not expose. */
export type TokenWork = {
  readonly amountNano: bigint;
  /** Prompt tokens that were asked for, and of these the ones that came from the prefix cache. */
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly generatedTokens: number;
  readonly prefillSeconds: number | null;
  readonly decodeSeconds: number | null;
};

export type CacheSaving = {
  /** Of the prompt tokens, 0 to 1. */
  readonly share: number;
  /** What computing the cached tokens too would have cost. */
  readonly savedNano: bigint;
  /** True when the split between prompt and answer is OpenCost's 2.5 and not the server's own time. */
  readonly estimated: boolean;
};

/** An answered token weighs as much as 2.5 prompt tokens where the server does not tell its times apart (OpenCost). */
const answerWeight = 2.5;

/**
 * What the prefix cache saved: amount × share of prompt work ÷ prompt tokens that were computed × cached tokens. The share is
 * prefill ÷ (prefill + decode) time, else by tokens with an answer at 2.5. Null where the cache is not exposed, nothing was
 * asked, or every prompt token came from it (then nothing says what one costs).
 */
export function cacheSaving(work: TokenWork): CacheSaving | null {
  const { amountNano, promptTokens, cachedTokens, generatedTokens, prefillSeconds, decodeSeconds } = work;
  if (cachedTokens === null || promptTokens <= 0) return null;
  const computed = promptTokens - cachedTokens;
  if (cachedTokens < 0 || computed <= 0) return null;
  const isMeasured = prefillSeconds !== null && decodeSeconds !== null && prefillSeconds + decodeSeconds > 0;
  const promptShare = isMeasured
    ? prefillSeconds / (prefillSeconds + decodeSeconds)
    : computed / (computed + answerWeight * generatedTokens);
  const factor = (promptShare * cachedTokens) / computed;
  return {
    share: cachedTokens / promptTokens,
    savedNano: (amountNano * BigInt(Math.round(factor * 1_000_000))) / 1_000_000n,
    estimated: !isMeasured,
  };
}
