import type { PersistenceRule } from './alert-spans.ts';
import type { WindowClock } from './window-clock.ts';

/**
 * A rolling reference follows what changes little by little. Where training or fixed counters exist every feature is,
 * besides, judged against them over whole weeks. Source: drift.md §9.3.
 */
export const slowDriftClock = (timeZone: string): WindowClock => ({ length: 'week', timeZone });

/** A week holds all the rows that there are, and a second one would come seven days later. */
export const slowDriftPersistence: PersistenceRule = { needed: 1, of: 1, clearShare: 0.8, cooldownMs: 0 };
