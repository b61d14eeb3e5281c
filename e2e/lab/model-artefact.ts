import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { probability } from './train-model.ts';

const artefactSchema = z.object({
  format: z.literal('logistic-regression'),
  features: z.array(z.string()),
  weights: z.array(z.number()),
  bias: z.number(),
});

/** A model whose bytes were found to be the ones that were asked for. */
export interface LoadedModel {
  features: string[];
  predict(row: readonly number[]): number;
}

/** Loads the artefact at `uri` (relative to the lab's folder of models); throws when its bytes have another digest. */
export function loadModel(folder: string, uri: string, digest: string): LoadedModel {
  const bytes = readFileSync(resolve(folder, uri.replace(/^file:\/\//, '')));
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw new Error(`${uri} has digest ${found}, the pod asks for ${digest}`);
  const { features, weights, bias } = artefactSchema.parse(JSON.parse(bytes.toString('utf8')));
  return { features, predict: (row) => probability(weights, bias, row) };
}
