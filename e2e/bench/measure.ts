/** The middle value; the mean of the middle two of an even count; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export type Finding = {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly detail: string;
};

/** One line per finding; true when every limit is kept (NaN keeps none). */
export function report(findings: readonly Finding[], print: (line: string) => void): boolean {
  for (const { name, value, limit, unit, detail } of findings) {
    const verdict = value <= limit ? 'kept  ' : 'BROKEN';
    print(`${verdict}  ${name}: ${value.toFixed(1)}${unit} (limit ${limit}${unit}) · ${detail}`);
  }
  return findings.every(({ value, limit }) => value <= limit);
}

/** What the promise brings, or an error with the sentence when it takes longer; bounds every wait of a measurement. */
export async function within<Value>(promise: Promise<Value>, ms: number, sentence: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
