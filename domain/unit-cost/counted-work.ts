/** Work of a revision over some time, each part with how much of that time it was counted in. */
export type CountedWork = {
  readonly tokenMs: number;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  /** Where the prefix cache was counted with the tokens. */
  readonly cacheMs: number;
  readonly cachePromptTokens: number;
  readonly cachedTokens: number;
  /** Where reading a prompt and writing an answer were told apart. */
  readonly splitMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** Where the time of requests and how many were under way were counted together. */
  readonly loadMs: number;
  readonly loadRequests: number;
  readonly runningMs: number;
  readonly runningRequests: number;
  readonly busyPods: number;
};

export const noCountedWork: CountedWork = {
  tokenMs: 0,
  promptTokens: 0,
  generatedTokens: 0,
  cacheMs: 0,
  cachePromptTokens: 0,
  cachedTokens: 0,
  splitMs: 0,
  prefillMs: 0,
  decodeMs: 0,
  loadMs: 0,
  loadRequests: 0,
  runningMs: 0,
  runningRequests: 0,
  busyPods: 0,
};

export function sumOfWork(left: CountedWork, right: CountedWork): CountedWork {
  const keys = Object.keys(noCountedWork) as (keyof CountedWork)[];
  return Object.fromEntries(keys.map((key) => [key, left[key] + right[key]])) as CountedWork;
}

/** Of the time in which requests were counted, a figure has to be there in at least this share. */
const leastExposed = 0.9;

/** `countedMs` is the time in which requests were counted. */
type Counted = { readonly work: CountedWork; readonly countedMs: number };

const isExposed = (partMs: number, { countedMs }: Counted): boolean =>
  countedMs > 0 && partMs >= leastExposed * countedMs;

/** Prompt and generated tokens together; null unless nearly all of its time is counted in them. */
export function tokensOf(counted: Counted): number | null {
  const { tokenMs, promptTokens, generatedTokens } = counted.work;
  return isExposed(tokenMs, counted) ? promptTokens + generatedTokens : null;
}

/** Tokens and the time spent on them as `cacheSaving` wants them; null unless tokens and cache are exposed. */
export function cacheWorkOf(counted: Counted) {
  const { cacheMs, cachePromptTokens, cachedTokens, generatedTokens, splitMs, prefillMs, decodeMs } =
    counted.work;
  if (tokensOf(counted) === null || !isExposed(cacheMs, counted)) return null;
  const isSplit = isExposed(splitMs, counted);
  return {
    promptTokens: cachePromptTokens,
    cachedTokens,
    generatedTokens,
    prefillSeconds: isSplit ? prefillMs / 1_000 : null,
    decodeSeconds: isSplit ? decodeMs / 1_000 : null,
  };
}

/** Requests, their time, and how many a pod worked on while it was busy; nulls unless both are exposed and it was seen busy. */
export function loadOf(counted: Counted): {
  requests: number;
  requestSeconds: number | null;
  concurrency: number | null;
} {
  const { loadMs, loadRequests, runningMs, runningRequests, busyPods } = counted.work;
  const exposed = isExposed(loadMs, counted);
  return {
    requests: loadRequests,
    requestSeconds: exposed ? runningMs / 1_000 : null,
    concurrency: exposed && busyPods > 0 ? runningRequests / busyPods : null,
  };
}

/** Why a figure is not shown. */
export type Lack =
  | { readonly kind: 'notNamed' }
  | { readonly kind: 'noSeries' }
  | { readonly kind: 'partly'; readonly share: number }
  | { readonly kind: 'neverBusy' }
  | { readonly kind: 'noPrice' }
  | { readonly kind: 'noGpu' };

/** `named`: whether the metrics source of an environment names what is needed. Null when the figure can be shown. */
export function tokenLack(counted: Counted, named: boolean): Lack | null {
  return tokensOf(counted) === null ? partLack(counted.work.tokenMs, counted, named) : null;
}

export function loadLack(counted: Counted, named: boolean): Lack | null {
  const { requestSeconds, concurrency } = loadOf(counted);
  if (requestSeconds === null) return partLack(counted.work.loadMs, counted, named);
  return concurrency === null ? { kind: 'neverBusy' } : null;
}

function partLack(partMs: number, { countedMs }: Counted, named: boolean): Lack {
  if (partMs > 0 && countedMs > 0) return { kind: 'partly', share: partMs / countedMs };
  return { kind: named ? 'noSeries' : 'notNamed' };
}
