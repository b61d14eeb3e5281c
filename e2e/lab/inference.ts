import * as z from 'zod';
import type { ModelInstance } from './model-instance.ts';

/** The request was wrong, not the server. */
export class InferenceError extends Error {}

const requestSchema = z.object({
  id: z.string().optional(),
  inputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int().min(0)),
      datatype: z.enum(['FP32', 'FP64', 'INT32', 'INT64']),
      data: z.array(z.union([z.number(), z.array(z.number())])),
    }),
  ),
});

function parseRequest(text: string): z.infer<typeof requestSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InferenceError('the body is not JSON');
  }
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) throw new InferenceError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Answers one request of the Open Inference Protocol v2; a wrong request throws InferenceError. */
export function infer(instance: ModelInstance, text: string): Record<string, unknown> {
  const { id, inputs } = parseRequest(text);
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) throw new InferenceError('exactly one input is expected');
  const [count, width] = input.shape;
  const wanted = instance.model.features.length;
  if (count === undefined || width !== wanted) throw new InferenceError(`the shape must be [n, ${wanted}]`);
  const numbers = input.data.flat();
  if (numbers.length !== count * wanted)
    throw new InferenceError('the data does not have the length of its shape');
  const rows = Array.from({ length: count }, (_, row) => numbers.slice(row * wanted, (row + 1) * wanted));
  const data = rows.map((row) => instance.model.predict(row));
  return {
    model_name: instance.modelName,
    model_version: instance.headers['x-model-version'],
    ...(id === undefined ? {} : { id }),
    outputs: [{ name: 'probability', datatype: 'FP64', shape: [count], data }],
  };
}
