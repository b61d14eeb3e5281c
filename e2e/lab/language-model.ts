import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Tokens of each request, and which share of its prompt is in the prefix cache. */
export type TokenPlan = {
  readonly prompt: number;
  readonly generated: number;
  readonly cachedShare: number;
};

/** `200,50,0.5` as a pod's SIMULATE_TOKENS says it; null for a pod that serves no language model. */
export function tokenPlan(text: string | undefined): TokenPlan | null {
  const [prompt, generated, cachedShare] = (text ?? '').split(',').map(Number);
  return prompt && generated !== undefined && cachedShare !== undefined
    ? { prompt, generated, cachedShare }
    : null;
}

const labels = { model_name: 'lab', engine: '0' } as const;
const labelNames = ['model_name', 'engine'] as const;
const buckets = [0.01, 0.05, 0.1, 0.5, 1, 5];

/**
 * The series of a vLLM server (V1 engine) by their documented names: docs.vllm.ai, usage/metrics. A part of a request's time
 * is said to be reading the prompt, the rest writing the answer.
 */
export class LanguageModelMetrics {
  readonly #plan: TokenPlan;
  readonly #counters: Readonly<Record<string, Counter<'model_name' | 'engine'>>>;
  readonly #finished: Counter<'model_name' | 'engine' | 'finished_reason'>;
  readonly #running: Gauge<'model_name' | 'engine'>;
  readonly #times: Readonly<Record<string, Histogram<'model_name' | 'engine'>>>;

  constructor(plan: TokenPlan, registry: Registry) {
    this.#plan = plan;
    const registers = [registry];
    const counter = (name: string, help: string) => {
      const made = new Counter({ name: `vllm:${name}`, help, labelNames, registers });
      made.inc(labels, 0);
      return made;
    };
    const histogram = (name: string, help: string) =>
      new Histogram({ name: `vllm:${name}`, help, labelNames, buckets, registers });
    this.#counters = {
      prompt: counter('prompt_tokens_total', 'Number of prefill tokens processed.'),
      generated: counter('generation_tokens_total', 'Number of generation tokens processed.'),
      queries: counter('prefix_cache_queries_total', 'Prefix cache queries, in number of queried tokens.'),
      hits: counter('prefix_cache_hits_total', 'Prefix cache hits, in number of cached tokens.'),
    };
    this.#finished = new Counter({
      name: 'vllm:request_success_total',
      help: 'Count of successfully processed requests.',
      labelNames: [...labelNames, 'finished_reason'],
      registers,
    });
    for (const finished_reason of ['stop', 'length', 'abort', 'error'])
      this.#finished.inc({ ...labels, finished_reason }, 0);
    this.#running = new Gauge({
      name: 'vllm:num_requests_running',
      help: 'Number of requests in model execution batches.',
      labelNames,
      registers,
    });
    this.#running.set(labels, 0);
    this.#times = {
      whole: histogram('e2e_request_latency_seconds', 'End to end request latency.'),
      inference: histogram('request_inference_time_seconds', 'Time spent in RUNNING phase for request.'),
      prefill: histogram('request_prefill_time_seconds', 'Time spent in PREFILL phase for request.'),
      decode: histogram('request_decode_time_seconds', 'Time spent in DECODE phase for request.'),
    };
  }

  begin(): void {
    this.#running.inc(labels);
  }

  end(status: number, seconds: number): void {
    this.#running.dec(labels);
    const failed = status >= 400;
    this.#finished.inc({ ...labels, finished_reason: failed ? 'error' : 'stop' });
    const { prompt, generated, cachedShare } = this.#plan;
    this.#counters['prompt']?.inc(labels, prompt);
    this.#counters['generated']?.inc(labels, failed ? 0 : generated);
    this.#counters['queries']?.inc(labels, prompt);
    this.#counters['hits']?.inc(labels, Math.floor(prompt * cachedShare));
    this.#times['whole']?.observe(labels, seconds);
    this.#times['inference']?.observe(labels, seconds);
    this.#times['prefill']?.observe(labels, seconds * prefillShare);
    this.#times['decode']?.observe(labels, seconds * (1 - prefillShare));
  }
}

const prefillShare = 0.25;
