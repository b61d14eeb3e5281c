type Metrics = Readonly<Record<string, number>>;

export type MetricRow = {
  readonly name: string;
  readonly live: number | null;
  readonly candidate: number | null;
  /** candidate − live; null unless both were registered. */
  readonly change: number | null;
};

/** All metrics of either version by name; `live` is null for a first revision. */
export function compareMetrics(live: Metrics | null, candidate: Metrics): MetricRow[] {
  const names = [...new Set([...Object.keys(live ?? {}), ...Object.keys(candidate)])].sort();
  return names.map((name) => {
    const [old, next] = [live?.[name] ?? null, candidate[name] ?? null];
    return { name, live: old, candidate: next, change: old === null || next === null ? null : next - old };
  });
}
