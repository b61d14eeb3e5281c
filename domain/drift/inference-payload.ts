/** Names of what stands in a payload only by its place, from the signature of the model. */
export type PayloadNames = { readonly inputs: readonly string[]; readonly outputs: readonly string[] };

type Values = Record<string, unknown>;
type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly data: readonly unknown[] };

/**
 * Rows of a model server's payload in protocol V1 (instances, predictions) or V2 (tensors), as `f` of a request and `p` of
 * an answer. Values that stand only by their place take the names of the signature when it has as many, else
 * `<name>_<place>`. Null for a payload of neither protocol.
 */
export function payloadRows(
  side: 'request' | 'response',
  payload: unknown,
  names: PayloadNames,
): readonly Values[] | null {
  if (!isObject(payload)) return null;
  const wanted = side === 'request' ? names.inputs : names.outputs;
  const rows =
    side === 'request'
      ? (listOf(payload.instances, { wanted, otherwise: 'input' }) ?? tensorRows(payload.inputs, wanted))
      : (listOf(payload.predictions, { wanted, otherwise: 'prediction' }) ??
        tensorRows(payload.outputs, wanted));
  if (rows === null) return null;
  return rows.map((values) => (side === 'request' ? { f: values } : { p: values }));
}

type Naming = { readonly wanted: readonly string[]; readonly otherwise: string };

function listOf(list: unknown, naming: Naming): Values[] | null {
  return Array.isArray(list) ? list.map((entry) => entryValues(entry, naming)) : null;
}

function entryValues(entry: unknown, naming: Naming): Values {
  if (isObject(entry)) return entry;
  return placed(Array.isArray(entry) ? entry : [entry], naming);
}

/** Nested lists (images, sequences) are no features and stay what they are: of another type. */
function placed(values: readonly unknown[], { wanted, otherwise }: Naming): Values {
  const nameOf = (place: number) =>
    wanted.length === values.length
      ? (wanted[place] ?? otherwise)
      : values.length === 1
        ? otherwise
        : `${otherwise}_${place}`;
  return Object.fromEntries(values.map((value, place) => [nameOf(place), value]));
}

function tensorRows(list: unknown, wanted: readonly string[]): Values[] | null {
  if (!Array.isArray(list)) return null;
  const tensors = list.map(tensorOf);
  const rows = tensors[0]?.shape[0] ?? 0;
  if (tensors.some((tensor) => tensor === null || tensor.shape[0] !== rows)) return null;
  const known = tensors.filter((tensor) => tensor !== null);
  return Array.from({ length: rows }, (_, row) =>
    Object.assign({}, ...known.map((tensor) => rowOfTensor(tensor, row, wanted))),
  );
}

function rowOfTensor({ name, shape, data }: Tensor, row: number, wanted: readonly string[]): Values {
  const width = shape.slice(1).reduce((product, length) => product * length, 1);
  const values = data.slice(row * width, (row + 1) * width);
  return width === 1 ? { [name]: values[0] ?? null } : placed(values, { wanted, otherwise: name });
}

function tensorOf(value: unknown): Tensor | null {
  if (!isObject(value)) return null;
  const { name, shape, data } = value;
  if (typeof name !== 'string' || !Array.isArray(data)) return null;
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    return null;
  const flat: unknown[] = data.flat(Number.POSITIVE_INFINITY);
  return flat.length === shape.reduce((product, length) => product * length, 1)
    ? { name, shape, data: flat }
    : null;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
