import {
  type CountedWork,
  cacheWorkOf,
  type Lack,
  loadLack,
  loadOf,
  tokenLack,
  tokensOf,
} from './counted-work.ts';
import { type CacheSaving, cacheSaving } from './prefix-cache.ts';
import { equalLoadCost, type UnitCost, unitCost } from './unit-cost.ts';

/** What a revision, or several of a version, held, answered and worked over the same time, in loaded nano. */
export type Use = {
  /** Serving and warm-up. */
  readonly servingNano: bigint;
  /** Start-up, unready, crash loops, drain, lost nodes. */
  readonly holdNano: bigint;
  readonly milliGpuSeconds: bigint;
  readonly unpriced: bigint;
  readonly requests: number;
  readonly countedMs: number;
  /** For how long it had a role. */
  readonly servedMs: number;
  readonly work: CountedWork;
};

/** Whether the metrics source names what tokens, and what costs at equal load, are read from. */
export type NamedWork = { readonly tokens: boolean; readonly load: boolean };

export type UnitFigures = {
  readonly cost: UnitCost;
  readonly tokens: number | null;
  /** Why there is no cost of tokens; null when there is. */
  readonly tokenLack: Lack | null;
  readonly cache: CacheSaving | null;
};

/** Cost of requests and tokens, and what the prefix cache saved, at the load that there was. */
export function unitFigures(use: Use, amountNano: bigint, named: NamedWork): UnitFigures {
  const tokens = tokensOf(use);
  const cacheWork = cacheWorkOf(use);
  return {
    cost: unitCost({ ...use, amountNano, tokens }),
    tokens,
    tokenLack: tokenLack(use, named.tokens),
    cache: cacheWork === null ? null : cacheSaving({ ...cacheWork, amountNano }),
  };
}

/** Nano for an hour of a GPU as it was billed; null without GPU time or while some of it has no price. */
export function gpuHourNano({ servingNano, holdNano, milliGpuSeconds, unpriced }: Use): bigint | null {
  if (milliGpuSeconds <= 0n || unpriced > 0n) return null;
  return ((servingNano + holdNano) * 3_600_000n) / milliGpuSeconds;
}

export type EqualLoad =
  | {
      readonly kind: 'cost';
      readonly perThousandRequestsNano: bigint;
      /** Null without tokens. */
      readonly perMillionTokensNano: bigint | null;
      readonly concurrency: number;
    }
  | { readonly kind: 'lack'; readonly lack: Lack };

/** The same as if it were always as busy as it was while it was busy; `gpus` are those of one replica. */
export function equalLoad(use: Use, gpus: number, named: NamedWork): EqualLoad {
  const lacks = (lack: Lack): EqualLoad => ({ kind: 'lack', lack });
  if (gpus <= 0) return lacks({ kind: 'noGpu' });
  const work = loadOf(use);
  const missing = loadLack(use, named.load);
  if (missing !== null || work.concurrency === null) return lacks(missing ?? { kind: 'neverBusy' });
  const cost = equalLoadCost({ ...work, gpus, gpuHourNano: gpuHourNano(use) });
  if (cost === null) return lacks({ kind: work.requests > 0 ? 'noPrice' : 'neverBusy' });
  const tokens = tokensOf(use);
  const perMillionTokensNano =
    tokens === null || tokens <= 0
      ? null
      : (cost * BigInt(Math.round(use.requests)) * 1_000n) / BigInt(Math.round(tokens));
  return {
    kind: 'cost',
    perThousandRequestsNano: cost,
    perMillionTokensNano,
    concurrency: work.concurrency,
  };
}
