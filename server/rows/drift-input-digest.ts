import type { Counters } from '../../domain/drift/counters.ts';
import type { FeatureWindow } from '../../domain/drift/window-verdict.ts';
import { digestOf } from '../digest.ts';

/** Whoever has the same counters gets the same digest, and from them the same verdicts. */
export function inputDigestOf(binningId: string, compared: readonly FeatureWindow[]): string {
  const plain = ({ counts, sums, apart }: Counters) => ({ counts, sums: sums.map(String), apart });
  return digestOf({
    schema: 1,
    binningId,
    features: compared.map(({ featureId, reference, current, dispersions }) => ({
      featureId,
      reference: plain(reference),
      current: plain(current),
      dispersions,
    })),
  });
}
