import type { Queries } from '../../db/client.ts';
import { fitSentence } from '../../domain/budget/fit-date.ts';
import {
  type Envelope,
  extraOf,
  type GpuAmounts,
  needsNoGpu,
  peakOf,
} from '../../domain/envelope/envelope.ts';
import { type PreflightCheck, type PreflightVerdict, worstVerdict } from '../../domain/preflight/check.ts';
import { inUnit } from '../../domain/preflight/money-of.ts';
import { roomFit } from '../../domain/preflight/room-fit.ts';
import { moneyText } from '../../domain/price/money.ts';
import { clockOffsetMs } from '../clock.ts';
import type { GpuPrices } from './gpu-rates.ts';
import { type Preflight, type PreflightAsk, preflight } from './preflight.ts';
import { currencyOf } from './price-entries.ts';
import { isFresh } from './room.ts';
import { roomQuestion } from './room-question.ts';
import { type RoomQueue, roomQueue } from './room-queue.ts';

/** Whether a rollout would fit, for those who ask for it and those who sign it. */
export type PreflightView = {
  readonly verdict: PreflightVerdict;
  readonly checks: readonly PreflightCheck[];
  /** When the cluster was last looked at, on the database's clock; null for never. */
  readonly observedAt: Date | null;
  /** A start decides on no look that is older than a minute. */
  readonly isFresh: boolean;
  readonly peakGpus: number;
  /** GPUs over the plan, each step at its least time. */
  readonly parts: readonly {
    readonly phase: 'starting' | 'stepping' | 'finishing';
    readonly stepIndex: number;
    readonly ms: number;
    readonly gpus: number;
  }[];
  readonly extraGpuHours: number;
  /** With every step at its deadline. */
  readonly longestMs: number;
  /** In the instance's currency; null without a currency or a price. */
  readonly cost: {
    readonly extra: string | null;
    readonly beforePerDay: string | null;
    readonly afterPerDay: string | null;
  };
  /** Who waits for the same room, and who holds it; null for a draft. */
  readonly queue: RoomQueue | null;
  /** Null when nothing stops it. */
  readonly fit: {
    readonly kind: 'at' | 'untimed' | 'never' | 'now';
    readonly at: Date | null;
    readonly sentence: string;
  } | null;
};

const sum = (amounts: GpuAmounts): number =>
  Object.values(amounts).reduce((total, amount) => total + amount, 0) / 1_000;
const dayMs = 86_400_000;

/** The preflight of a request as it stands now, without locks; null for one that touches no GPU. */
export async function preflightView(
  queries: Queries,
  asked: PreflightAsk & { readonly request?: { readonly promotionId: string; readonly since: Date } },
): Promise<PreflightView | null> {
  const { clusterId } = asked.record.environment;
  const offsetMs = await clockOffsetMs(queries, clusterId);
  const now = new Date(asked.now.getTime() + offsetMs);
  const found = await preflight(queries, { ...asked, now });
  const { envelope, checks, room } = found;
  if (needsNoGpu(envelope)) return null;
  const extra = extraOf(envelope.parts, envelope.before);
  return {
    verdict: worstVerdict(checks),
    checks,
    observedAt: room === null ? null : new Date(room.observedAt.getTime() - offsetMs),
    isFresh: room !== null && isFresh(room, now),
    peakGpus: sum(peakOf(envelope)),
    parts: envelope.parts.map(({ milliGpu, ...part }) => ({ ...part, gpus: sum(milliGpu) })),
    extraGpuHours: Object.values(extra).reduce((total, amount) => total + Number(amount), 0) / 3_600_000,
    longestMs: envelope.longestMs,
    cost: costOf(envelope, found.prices, await currencyOf(queries)),
    queue:
      asked.request === undefined
        ? null
        : await roomQueue(queries, { ...asked.request, ask: { ...asked, now }, found }),
    fit: await fitOf(queries, found, { ...asked, now }),
  };
}

function costOf(
  envelope: Envelope,
  prices: GpuPrices | null,
  currency: string | null,
): PreflightView['cost'] {
  if (prices === null || currency === null) return { extra: null, beforePerDay: null, afterPerDay: null };
  const rates = prices.rateOf('loaded');
  const text = (amounts: Readonly<Record<string, bigint>>) => {
    const nano = inUnit(amounts, { unit: 'currency', rates });
    return nano === null ? null : moneyText(nano, currency);
  };
  const perDay = (milliGpu: GpuAmounts) =>
    text(extraOf([{ phase: 'finishing', stepIndex: 0, ms: dayMs, milliGpu }], {}));
  return {
    extra: text(extraOf(envelope.parts, envelope.before)),
    beforePerDay: perDay(envelope.before),
    afterPerDay: perDay(envelope.after),
  };
}

/** The date at which a request that is stopped would fit, if what runs now goes on. */
async function fitOf(queries: Queries, found: Preflight, ask: PreflightAsk): Promise<PreflightView['fit']> {
  const verdict = worstVerdict(found.checks);
  if (verdict === 'PASS' || verdict === 'WARN') return null;
  const date = roomFit(await roomQuestion(queries, found, ask));
  const words = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { kind: date.kind, at: date.kind === 'at' ? date.at : null, sentence: fitSentence(date, words) };
}
