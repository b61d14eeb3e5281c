import * as z from 'zod';
import type { ColumnPlace } from './learn-column.ts';

/** A column that a model says it takes or gives. */
export type SignatureColumn = { readonly name: string; readonly place: ColumnPlace };

const columnsSchema = z.array(z.object({ name: z.string().optional() }));
/** MLflow keeps both lists as JSON in a text; some clients send the lists themselves. */
const listSchema = z.union([z.string().transform(parsed).pipe(columnsSchema), columnsSchema]).catch([]);
const signatureSchema = z.object({
  inputs: listSchema.optional(),
  outputs: listSchema.optional(),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

/**
 * Named columns of an MLflow signature, inputs first. Empty when it has none (tensors without names, an unknown form):
 * then the first rows tell.
 */
export function signatureColumns(signature: unknown): SignatureColumn[] {
  const read = signatureSchema.safeParse(signature);
  if (!read.success) return [];
  const { inputs = [], outputs = [] } = read.data;
  const named = (columns: typeof inputs, place: ColumnPlace) =>
    columns.flatMap(({ name }) => (name === undefined || name === '' ? [] : [{ name, place }]));
  const taken = new Set(inputs.map(({ name }) => name));
  return [...named(inputs, 'input'), ...named(outputs, 'prediction').filter(({ name }) => !taken.has(name))];
}
