/** Milli-GPU by GPU product; `anyProduct` for pods that do not say which. */
export type GpuAmounts = Readonly<Record<string, number>>;

/** Stands for a pod that takes whatever GPU there is. */
export const anyProduct = '*';

/** A stretch of a rollout over which its GPUs stay the same. */
export type EnvelopePart = {
  readonly phase: 'starting' | 'stepping' | 'finishing';
  readonly stepIndex: number;
  readonly ms: number;
  readonly milliGpu: GpuAmounts;
};

/** The GPUs of a rollout over its plan, and what taking it back after its end would need. */
export type Envelope = {
  readonly schema: 1;
  /** What runs before it, what runs after it. */
  readonly before: GpuAmounts;
  readonly after: GpuAmounts;
  readonly parts: readonly EnvelopePart[];
  /** The same of the roll back that follows its end at once: old beside new, until the old one serves alone. */
  readonly rollBack: readonly EnvelopePart[];
  /** How long the plan takes with every step at its deadline; beyond that, where a deadline holds it, nobody can say. */
  readonly longestMs: number;
};

const maximum = (left: GpuAmounts, right: GpuAmounts): GpuAmounts =>
  Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((product) => [
      product,
      Math.max(left[product] ?? 0, right[product] ?? 0),
    ]),
  );

/** The most milli-GPU at one time, by product; what runs before counts too. */
export function peakOf({ before, parts }: Pick<Envelope, 'before' | 'parts'>): GpuAmounts {
  return parts.reduce<GpuAmounts>((peak, part) => maximum(peak, part.milliGpu), before);
}

/** The most milli-GPU on top of what runs before, by product; products that need none are left out. */
export function peakExtraOf(envelope: Pick<Envelope, 'before' | 'parts'>): GpuAmounts {
  return Object.fromEntries(
    Object.entries(peakOf(envelope))
      .map(([product, peak]) => [product, peak - (envelope.before[product] ?? 0)] as const)
      .filter(([, extra]) => extra > 0),
  );
}

/** Milli-GPU-seconds of the parts on top of a steady amount, by product, rounded up. */
export function extraOf(
  parts: readonly EnvelopePart[],
  steady: GpuAmounts,
): Readonly<Record<string, bigint>> {
  const milliGpuMs: Record<string, bigint> = {};
  for (const { ms, milliGpu } of parts)
    for (const [product, amount] of Object.entries(milliGpu)) {
      const extra = Math.max(0, amount - (steady[product] ?? 0));
      milliGpuMs[product] = (milliGpuMs[product] ?? 0n) + BigInt(extra) * BigInt(ms);
    }
  return Object.fromEntries(
    Object.entries(milliGpuMs)
      .map(([product, amount]) => [product, (amount + 999n) / 1_000n] as const)
      .filter(([, amount]) => amount > 0n),
  );
}

/** Where a rollout stands in its plan. */
export type EnvelopePlace = { readonly phase: string; readonly stepIndex: number };

const order: Readonly<Record<string, number>> = { starting: 0, stepping: 1, finishing: 2 };

/** The parts that are not over: the present one counts in full however long it already takes. */
export function openParts(envelope: Envelope, place: EnvelopePlace): readonly EnvelopePart[] {
  const at = order[place.phase];
  if (at === undefined) return [];
  return envelope.parts.filter((part) => {
    const phase = order[part.phase] ?? 0;
    return phase > at || (phase === at && part.stepIndex >= place.stepIndex);
  });
}

/**
 * Milli-GPU-seconds that a rollout holds at a place of its plan, by product: the extra of every part that is not over and
 * the reserve of its roll back; nothing once it goes back or has ended.
 */
export function heldOf(envelope: Envelope, place: EnvelopePlace): Readonly<Record<string, bigint>> {
  if (order[place.phase] === undefined) return {};
  const parts = extraOf(openParts(envelope, place), envelope.before);
  const back = extraOf(envelope.rollBack, envelope.after);
  const products = new Set([...Object.keys(parts), ...Object.keys(back)]);
  return Object.fromEntries(
    [...products].map((product) => [product, (parts[product] ?? 0n) + (back[product] ?? 0n)]),
  );
}

/** Whether a rollout touches no GPU at all. */
export function needsNoGpu({ before, after }: Pick<Envelope, 'before' | 'after'>): boolean {
  return [...Object.values(before), ...Object.values(after)].every((amount) => amount === 0);
}
