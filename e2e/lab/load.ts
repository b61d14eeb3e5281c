import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { gatewayUrl } from './gateway.ts';
import { waitFor } from './wait-for.ts';

export interface LoadPlan {
  /** The Host header, by which the gateway chooses the route. */
  host: string;
  /** Model name in the inference path. */
  model: string;
  requestsPerSecond: number;
  url?: string;
  /** Requests in flight at most; what would exceed it is counted as `dropped`, not queued. */
  maxInFlight?: number;
}

/** What came back, by version, by revision and by HTTP status. */
export interface LoadCounts {
  sent: number;
  /** Not sent because too many were in flight. */
  dropped: number;
  /** No HTTP answer at all. */
  broken: number;
  byStatus: Record<string, number>;
  /** Answers by x-model-version; '' when nobody behind the gateway answered. */
  byVersion: Record<string, number>;
  byRevision: Record<string, number>;
  /** Distinct reasons of broken requests, and of the first answers other than 200 when they came and what they said. */
  reasons: string[];
}

export interface RunningLoad {
  /** A copy of the counts so far. */
  counts(): LoadCounts;
  /** Ends sending, waits for what is in flight and gives the last counts. */
  stop(): Promise<LoadCounts>;
}

const tickMs = 10;
const mostReasons = 20;

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function headerText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function body(): string {
  const data = Array.from({ length: 4 }, () => Math.random() * 4 - 2);
  return JSON.stringify({ inputs: [{ name: 'rows', shape: [1, 4], datatype: 'FP64', data }] });
}

function emptyCounts(): LoadCounts {
  return { sent: 0, dropped: 0, broken: 0, byStatus: {}, byVersion: {}, byRevision: {}, reasons: [] };
}

class LoadRun implements RunningLoad {
  readonly #plan: LoadPlan;
  readonly #pool: Pool;
  readonly #counts = emptyCounts();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #due = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#pool = new Pool(plan.url ?? gatewayUrl, { connections: 16, pipelining: 1 });
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Sends what has become due since the start: a late timer does not lower the rate. */
  #tick(): void {
    const due = Math.floor(((performance.now() - this.#startedAt) / 1000) * this.#plan.requestsPerSecond);
    for (; this.#due < due; this.#due += 1) {
      if (this.#inFlight.size >= (this.#plan.maxInFlight ?? 200)) {
        this.#counts.dropped += 1;
        continue;
      }
      const sending = this.#send().finally(() => this.#inFlight.delete(sending));
      this.#inFlight.add(sending);
    }
  }

  async #send(): Promise<void> {
    this.#counts.sent += 1;
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: `/v2/models/${this.#plan.model}/infer`,
        headers: { host: this.#plan.host, 'content-type': 'application/json' },
        body: body(),
        headersTimeout: 15_000,
      });
      if (response.statusCode === 200) await response.body.dump();
      else this.#remark(response.statusCode, await response.body.text());
      add(this.#counts.byStatus, String(response.statusCode));
      add(this.#counts.byVersion, headerText(response.headers['x-model-version']));
      add(this.#counts.byRevision, headerText(response.headers['x-revision']));
    } catch (error) {
      this.#counts.broken += 1;
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#counts.reasons.includes(reason)) this.#counts.reasons.push(reason);
    }
  }

  #remark(status: number, said: string): void {
    if (this.#counts.reasons.length >= mostReasons) return;
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(2);
    this.#counts.reasons.push(`${status} after ${seconds} s: ${said.slice(0, 200)}`);
  }

  counts(): LoadCounts {
    return structuredClone(this.#counts);
  }

  async stop(): Promise<LoadCounts> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    await this.#pool.close();
    return this.counts();
  }
}

/** Sends inference requests at a steady rate, whatever the answers do, until it is stopped. */
export function startLoad(plan: LoadPlan): RunningLoad {
  return new LoadRun(plan);
}

/** The same for a number of seconds. */
export async function runLoad(plan: LoadPlan, seconds: number): Promise<LoadCounts> {
  const load = startLoad(plan);
  await delay(seconds * 1000);
  return load.stop();
}

/**
 * The same once the gateway serves: each of its threads learns of a route and its endpoints by itself, so that one
 * answer is no proof. Throws when a second of nothing but answers with 200 does not come within a minute.
 */
export async function startServedLoad(plan: LoadPlan): Promise<RunningLoad> {
  await waitFor(`A second without a failure for ${plan.host}`, 60_000, async () => {
    const { byStatus, broken, sent } = await runLoad(plan, 1);
    return broken === 0 && sent > 0 && byStatus['200'] === sent ? true : null;
  });
  return startLoad(plan);
}

/** What came between two readings, by one of the three splits. */
export function countsBetween(
  before: LoadCounts,
  after: LoadCounts,
  split: 'byStatus' | 'byVersion' | 'byRevision',
): Record<string, number> {
  const keys = Object.keys(after[split]);
  return Object.fromEntries(keys.map((key) => [key, (after[split][key] ?? 0) - (before[split][key] ?? 0)]));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: 'fraud-detector.lab' },
      model: { type: 'string', default: 'fraud-detector' },
      rps: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '30' },
    },
  });
  const plan = { host: values.host, model: values.model, requestsPerSecond: Number(values.rps) };
  console.log(JSON.stringify(await runLoad(plan, Number(values.seconds)), null, 2));
}
