import type { Rate } from '../../domain/performance/rate.ts';

export const percentText = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const shareText = (share: number | null): string => (share === null ? 'none' : percentText(share));

/** A share with what it may as well be. */
export function RateText({ rate }: { rate: Rate | null }) {
  if (rate === null) return '–';
  return (
    <>
      {percentText(rate.value)}{' '}
      <span className="block text-ink-muted sm:inline">
        {percentText(rate.low)} to {percentText(rate.high)}
      </span>
    </>
  );
}
