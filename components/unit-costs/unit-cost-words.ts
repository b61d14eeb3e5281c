import { countText, shareText } from '../../domain/figure-text.ts';
import { moneyText } from '../../domain/price/money.ts';
import { formatDuration } from '../../domain/time-format.ts';
import type { Lack } from '../../domain/unit-cost/counted-work.ts';
import type { CacheSaving } from '../../domain/unit-cost/prefix-cache.ts';
import type { ZeroSaving } from '../../domain/unit-cost/scale-to-zero.ts';
import type { Doubt } from '../../domain/unit-cost/unit-cost.ts';

export const doubtWords: Record<Doubt, string> = {
  shortTime: 'Less than 15 minutes were counted.',
  fewTokens: 'Fewer than 10,000 tokens were counted.',
  notAllCounted: 'Not all of its time was counted: the true cost of a request is lower.',
  unpriced: 'Some of its GPU time has no price: the true cost is higher.',
};

/** "$0.0025" with the digits that a small amount needs; a dash for what is not known. */
export function unitText(nano: bigint | null, currency: string): string {
  if (nano === null) return '–';
  return moneyText(nano, currency, nano < 1_000_000_000n ? 6 : 2);
}

/** "4,000 requests in 1 h". */
export function countedText({ requests, countedMs }: { requests: number; countedMs: number }): string {
  return `${countText(requests)} requests in ${formatDuration(countedMs)}`;
}

/** What a ratio says in words; null where there is none. */
export function ratioText(ratio: number | null): string | null {
  if (ratio === null) return null;
  if (ratio >= 0.995 && ratio <= 1.005) return 'A request costs the same on both.';
  const times = ratio > 1 ? ratio : 1 / ratio;
  const text = times.toFixed(2);
  return ratio > 1
    ? `A request of the canary costs ${text} times one of stable.`
    : `A request of stable costs ${text} times one of the canary.`;
}

/** Why a cost of tokens is not shown. */
export function tokenLackText(lack: Lack): string {
  switch (lack.kind) {
    case 'notNamed':
      return 'Not shown: the metrics source names no token counters. The vLLM profile does; a custom one can.';
    case 'noSeries':
      return 'Not shown: its server exposes no token counters.';
    case 'partly':
      return `Not shown: tokens were counted in ${shareText(lack.share)} of its time only.`;
    case 'neverBusy':
    case 'noPrice':
    case 'noGpu':
      return 'Not shown: there is nothing to divide.';
    default:
      return lack satisfies never;
  }
}

/** Why nothing is shown at equal load. */
export function loadLackText(lack: Lack): string {
  switch (lack.kind) {
    case 'notNamed':
      return 'the metrics source does not name how long requests are under way and how many a pod answers at a time';
    case 'noSeries':
      return 'its server does not expose how long requests are under way and how many a pod answers at a time';
    case 'partly':
      return `that was counted in ${shareText(lack.share)} of its time only`;
    case 'neverBusy':
      return 'it was not seen busy yet';
    case 'noPrice':
      return 'some of its GPU time has no price';
    case 'noGpu':
      return 'its pods hold no GPU';
    default:
      return lack satisfies never;
  }
}

/** "48 % of prompt tokens came from the prefix cache, which saved $0.31." */
export function cacheText({ share, savedNano, estimated }: CacheSaving, currency: string): string {
  const how = estimated ? ', estimated by tokens' : '';
  return `${shareText(share)} of the prompt tokens came from the prefix cache, which saved ${unitText(savedNano, currency)}${how}.`;
}

/** "At 0 replicas for 4 h". */
export function zeroText({ zeroMs }: ZeroSaving): string {
  return `At 0 replicas for ${formatDuration(zeroMs)}, at the size before; an upper bound`;
}
