/** How many GPUs a service held over [fromMs, toMs); pieces in rising order without overlap. */
export type HeldGpus = { readonly fromMs: number; readonly toMs: number; readonly gpus: number };

type Span = { readonly fromMs: number; readonly toMs: number };

/** Counted in millionths, so that what is given back leaves exactly nothing. */
const millionth = 1_000_000;

/**
 * How many GPUs pods held together over the given spans: while it was to serve and all pods were seen. Spans in rising order
 * without overlap; what lies outside of them is left out.
 */
export function heldGpus(spans: readonly Span[], pods: readonly HeldGpus[]): HeldGpus[] {
  const changes = new Map<number, number>(
    spans.flatMap(({ fromMs, toMs }) => [
      [fromMs, 0],
      [toMs, 0],
    ]),
  );
  for (const { fromMs, toMs, gpus } of pods) {
    const amount = Math.round(gpus * millionth);
    changes.set(fromMs, (changes.get(fromMs) ?? 0) + amount);
    changes.set(toMs, (changes.get(toMs) ?? 0) - amount);
  }
  const edges = [...changes].toSorted(([left], [right]) => left - right);
  const pieces: HeldGpus[] = [];
  let held = 0;
  let place = 0;
  for (const [index, [fromMs, change]] of edges.entries()) {
    held += change;
    const toMs = edges[index + 1]?.[0] ?? fromMs;
    while ((spans[place]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) place += 1;
    if (toMs > fromMs && (spans[place]?.fromMs ?? Number.POSITIVE_INFINITY) <= fromMs)
      pieces.push({ fromMs, toMs, gpus: held / millionth });
  }
  return pieces;
}

/** Where spans of both lie, in rising order. */
export function bothSpans(left: readonly Span[], right: readonly Span[]): Span[] {
  return left
    .flatMap((one) =>
      right.map((other) => ({
        fromMs: Math.max(one.fromMs, other.fromMs),
        toMs: Math.min(one.toMs, other.toMs),
      })),
    )
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .toSorted((one, other) => one.fromMs - other.fromMs);
}

export type ZeroSaving = {
  readonly zeroMs: number;
  /** At most this was saved: the GPUs may not have been free for anybody else, and the size might have shrunk anyway. */
  readonly atMostNano: bigint;
};

/**
 * What standing at 0 saved at the most: for every stretch at 0, its length × the last size before it × the price of an hour
 * of its GPUs. Time before the first size saves nothing; a stretch without data is no zero.
 */
export function zeroSaving(pieces: readonly HeldGpus[], gpuHourNano: bigint): ZeroSaving {
  let size = 0;
  let zeroMs = 0;
  let milliGpuMs = 0n;
  for (const { fromMs, toMs, gpus } of pieces) {
    if (gpus > 0) size = gpus;
    else if (size > 0) {
      zeroMs += toMs - fromMs;
      milliGpuMs += BigInt(Math.round(size * 1_000)) * BigInt(toMs - fromMs);
    }
  }
  return { zeroMs, atMostNano: (milliGpuMs * gpuHourNano) / (1_000n * 3_600_000n) };
}
