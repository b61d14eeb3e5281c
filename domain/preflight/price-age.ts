import type { PreflightCheck } from './check.ts';

const dayMs = 86_400_000;

type Row = {
  readonly product: string;
  readonly entry: {
    readonly source: 'contract' | 'import' | 'list';
    readonly capacityType: string;
    readonly sourceDate: Date | null;
    readonly validFrom: Date;
  };
};

/** Prices of spot older than a day and list prices older than 30 days are said to be old; a contract does not age. */
export function priceAgeCheck(rows: readonly Row[], now: Date): PreflightCheck[] {
  const seen = new Set<string>();
  return rows.flatMap(({ product, entry }) => {
    const limitMs = entry.capacityType === 'spot' ? dayMs : entry.source === 'list' ? 30 * dayMs : null;
    const ageMs = now.getTime() - (entry.sourceDate ?? entry.validFrom).getTime();
    if (limitMs === null || ageMs <= limitMs || seen.has(product)) return [];
    seen.add(product);
    const days = Math.floor(ageMs / dayMs);
    return [
      {
        kind: 'price' as const,
        subject: product,
        verdict: 'WARN' as const,
        sentence: `The price of ${product === '*' ? 'a GPU' : product} is ${days} days old.`,
        figures: { days },
        fix: 'Enter or import a newer price.',
      },
    ];
  });
}
