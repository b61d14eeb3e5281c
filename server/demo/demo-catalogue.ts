import type { ModelVersionBehaviour } from '../../domain/sandbox.ts';
import { sha256 } from '../digest.ts';

export type DemoPerson = 'lena' | 'ada' | 'omar' | 'priya' | 'vic';

/** Lena is who the first sign-in link belongs to: the platform owner whose second signature a promotion waits for. */
export const demoPeople = {
  lena: { name: 'Lena Ortiz', roles: ['admin', 'operator', 'approver'] },
  ada: { name: 'Ada Byrne', roles: ['engineer'] },
  omar: { name: 'Omar Haddad', roles: ['operator', 'approver'] },
  priya: { name: 'Priya Nair', roles: ['approver'] },
  vic: { name: 'Vic Chen', roles: ['viewer'] },
} as const satisfies Record<DemoPerson, { name: string; roles: readonly string[] }>;

/** `.test` never leaves the machine. */
export function demoEmail(person: DemoPerson): string {
  return `${person}@demo.fairlead.test`;
}

export type DemoModel = {
  readonly name: string;
  readonly framework: string;
  readonly metric: string;
  readonly gpuCount: number;
  readonly replicas: number;
  readonly requestsPerSecond: number;
  /** Versions registered before the story begins; the newest of them is live in production. */
  readonly liveNumber: number;
  readonly behaviour: Partial<ModelVersionBehaviour>;
};

/** One model and one production service each. */
export const demoModels = {
  fraud: {
    name: 'fraud-detector',
    framework: 'xgboost 3.1',
    metric: 'auc',
    gpuCount: 0,
    replicas: 3,
    requestsPerSecond: 45,
    liveNumber: 6,
    behaviour: { latencyMs: 35 },
  },
  recommender: {
    name: 'recommender',
    framework: 'pytorch 2.9',
    metric: 'ndcg',
    gpuCount: 1,
    replicas: 2,
    requestsPerSecond: 60,
    liveNumber: 3,
    behaviour: { latencyMs: 90 },
  },
  churn: {
    name: 'churn',
    framework: 'scikit-learn 1.8',
    metric: 'auc',
    gpuCount: 0,
    replicas: 2,
    requestsPerSecond: 12,
    liveNumber: 2,
    behaviour: { latencyMs: 20 },
  },
  documents: {
    name: 'document-classifier',
    framework: 'transformers 5.1',
    metric: 'f1',
    gpuCount: 1,
    replicas: 1,
    requestsPerSecond: 0.2,
    liveNumber: 1,
    behaviour: { latencyMs: 140, tokens: { prompt: 1_800, generated: 40, cachedShare: 0.4 } },
  },
  search: {
    name: 'search-ranker',
    framework: 'pytorch 2.9',
    metric: 'ndcg',
    gpuCount: 1,
    replicas: 2,
    requestsPerSecond: 25,
    liveNumber: 2,
    behaviour: { latencyMs: 60 },
  },
  toxicity: {
    name: 'toxicity-filter',
    framework: 'onnxruntime 1.24',
    metric: 'f1',
    gpuCount: 0,
    replicas: 2,
    requestsPerSecond: 30,
    liveNumber: 4,
    behaviour: { latencyMs: 30 },
  },
} as const satisfies Record<string, DemoModel>;

/** A digest that is the same on every machine. */
export function demoDigest(text: string): string {
  return sha256(`demo ${text}`);
}

/** What evaluation measured, rising a little with every version. */
export function demoMetric(number: number): number {
  return Math.round((0.9 + 0.008 * number) * 1_000) / 1_000;
}

export function demoCard(model: DemoModel, number: number): string {
  return [
    `## ${model.name} ${number}`,
    '',
    `Trained with ${model.framework} on the week before its registration.`,
    '',
    '| metric | value | needed |',
    '| --- | --- | --- |',
    `| ${model.metric} | ${demoMetric(number)} | 0.9 |`,
    '',
    '**Known limits:** scores of accounts younger than a day are less certain.',
  ].join('\n');
}
