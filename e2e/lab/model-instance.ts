import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, Histogram, Registry } from 'prom-client';
import { LanguageModelMetrics, tokenPlan } from './language-model.ts';
import { type LoadedModel, loadModel } from './model-artefact.ts';
import type { ModelPod } from './model-pods.ts';

/** What goes wrong with one request. */
export interface Fault {
  fails: boolean;
  delayMs: number;
}

function share(text: string | undefined): number {
  const number = Number(text ?? 0);
  return Number.isFinite(number) ? Math.min(1, Math.max(0, number)) : 0;
}

/** One pod's model, its faults and its own counters. */
export class ModelInstance {
  readonly registry = new Registry();
  readonly modelName: string;
  readonly headers: Record<string, string>;
  /** Why it cannot serve; null when it can. */
  readonly problem: string | null;
  readonly #model: LoadedModel | null;
  readonly #models: string;
  readonly #env: Record<string, string>;
  readonly #requests: Counter<'code'>;
  readonly #duration: Histogram;
  /** Only of a pod that serves a language model. */
  readonly #language: LanguageModelMetrics | null;

  constructor(pod: ModelPod, models: string) {
    this.#models = models;
    this.#env = pod.env;
    this.modelName = pod.env.MODEL_NAME ?? 'model';
    this.headers = {
      'x-pod': pod.name,
      'x-revision': pod.labels['fairlead.dev/revision'] ?? '',
      'x-model-version': pod.labels['fairlead.dev/model-version'] ?? '',
    };
    const loaded = this.#load(models);
    this.#model = loaded.model;
    this.problem = loaded.problem;
    this.#requests = new Counter({
      name: 'model_requests_total',
      help: 'Inference requests answered, by HTTP status.',
      labelNames: ['code'],
      registers: [this.registry],
    });
    const tokens = tokenPlan(pod.env.SIMULATE_TOKENS);
    this.#language = tokens === null ? null : new LanguageModelMetrics(tokens, this.registry);
    // A series that is born with its first error has no earlier sample to subtract.
    for (const code of ['200', '400', '500']) this.#requests.inc({ code }, 0);
    this.#duration = new Histogram({
      name: 'model_request_duration_seconds',
      help: 'Time to answer an inference request.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [this.registry],
    });
  }

  #load(models: string): { model: LoadedModel | null; problem: string | null } {
    const { MODEL_URI: uri, MODEL_DIGEST, MODEL_ARTEFACT_DIGEST } = this.#env;
    // The second is what Fairlead writes itself when it delivers by storage URI.
    const digest = MODEL_DIGEST ?? MODEL_ARTEFACT_DIGEST;
    if (uri === undefined || digest === undefined)
      return { model: null, problem: 'the pod has no MODEL_URI and MODEL_DIGEST' };
    try {
      return { model: loadModel(models, uri, digest), problem: null };
    } catch (error) {
      return { model: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  get model(): LoadedModel {
    if (this.#model === null) throw new Error(this.problem ?? 'no model');
    return this.#model;
  }

  metadata(): Record<string, unknown> {
    return {
      name: this.modelName,
      versions: [this.headers['x-model-version']],
      platform: 'logistic-regression',
      inputs: [{ name: 'rows', datatype: 'FP64', shape: [-1, this.model.features.length] }],
      outputs: [{ name: 'probability', datatype: 'FP64', shape: [-1] }],
    };
  }

  /** Draws what the pod's SIMULATE_… variables ask for. */
  nextFault(): Fault {
    const slow = Math.random() < share(this.#env.SIMULATE_SLOW_SHARE);
    const delayMs =
      Number(this.#env.SIMULATE_LATENCY_MS ?? 0) + (slow ? Number(this.#env.SIMULATE_SLOW_MS ?? 300) : 0);
    return { fails: this.#isSwitchedOn() && Math.random() < share(this.#env.SIMULATE_ERROR_SHARE), delayMs };
  }

  /** Without SIMULATE_ERROR_SWITCH always; with it while the folder of models holds a file of that name. */
  #isSwitchedOn(): boolean {
    const name = this.#env.SIMULATE_ERROR_SWITCH;
    return name === undefined || existsSync(join(this.#models, name));
  }

  begin(): void {
    this.#language?.begin();
  }

  count(status: number, seconds: number): void {
    this.#language?.end(status, seconds);
    this.#requests.inc({ code: String(status) });
    this.#duration.observe(seconds);
  }
}
