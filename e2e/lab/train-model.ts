import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

export interface TrainingPlan {
  name: string;
  number: number;
  seed: number;
}

/** A trained artefact: the exact bytes and their digest. */
export interface TrainedModel {
  json: string;
  digest: string;
  accuracy: number;
}

const features = ['amount', 'hour', 'distance', 'retries'];
/** The law behind the generated data, which training has to find again. */
const trueWeights = [1.6, -0.4, 0.9, 0.7];
const trueBias = -0.5;
const rows = 2000;

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The logistic function of the weighted sum. */
export function probability(weights: readonly number[], bias: number, row: readonly number[]): number {
  const score = weights.reduce((sum, weight, index) => sum + weight * (row[index] ?? 0), bias);
  return 1 / (1 + Math.exp(-score));
}

interface Example {
  row: number[];
  label: number;
}

function generate(seed: number): Example[] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => {
    const row = features.map(() => random() * 4 - 2);
    return { row, label: random() < probability(trueWeights, trueBias, row) ? 1 : 0 };
  });
}

function fit(examples: Example[]): { weights: number[]; bias: number } {
  let weights = features.map(() => 0);
  let bias = 0;
  for (let pass = 0; pass < 200; pass += 1) {
    const gradient = features.map(() => 0);
    let biasGradient = 0;
    for (const { row, label } of examples) {
      const error = probability(weights, bias, row) - label;
      for (const [index, value] of row.entries()) gradient[index] = (gradient[index] ?? 0) + error * value;
      biasGradient += error;
    }
    weights = weights.map((weight, index) => weight - (gradient[index] ?? 0) / rows);
    bias -= biasGradient / rows;
  }
  return { weights, bias };
}

/** Fits a logistic regression by gradient descent on data generated from the seed; the same plan gives the same bytes. */
export function trainModel(plan: TrainingPlan): TrainedModel {
  const { weights, bias } = fit(generate(plan.seed));
  const unseen = generate(plan.seed + 1);
  const right = unseen.filter(({ row, label }) => (probability(weights, bias, row) >= 0.5 ? 1 : 0) === label);
  const accuracy = right.length / unseen.length;
  const artefact = { format: 'logistic-regression', ...plan, features, weights, bias, rows, accuracy };
  const json = `${JSON.stringify(artefact, null, 2)}\n`;
  return { json, accuracy, digest: `sha256:${createHash('sha256').update(json).digest('hex')}` };
}

/** Trains and saves under `<folder>/<name>/<number>.json`; the URI is relative to the folder, as the model server reads it. */
export function saveModel(folder: string, plan: TrainingPlan): TrainedModel & { uri: string } {
  const model = trainModel(plan);
  const uri = `${plan.name}/${plan.number}.json`;
  mkdirSync(dirname(join(folder, uri)), { recursive: true });
  writeFileSync(join(folder, uri), model.json);
  return { ...model, uri };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'fraud-detector' },
      number: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      folder: { type: 'string', default: '.lab/models' },
    },
  });
  const plan = { name: values.name, number: Number(values.number), seed: Number(values.seed) };
  const { uri, digest, accuracy } = saveModel(values.folder, plan);
  console.log(JSON.stringify({ uri, digest, accuracy }));
}
