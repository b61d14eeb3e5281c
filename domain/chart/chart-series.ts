/** A time in milliseconds and what was measured then; null and absence both mean "not measured", never zero. */
type ChartPoint = readonly [atMs: number, value: number | null];

export type ChartSeries = {
  key: string;
  label: string;
  role: 'stable' | 'canary' | 'other';
  /** Of a line that keeps its colour whatever its role is: which look, as `revisionLook` gives it. */
  look?: number | undefined;
  points: readonly ChartPoint[];
  band?: readonly (readonly [atMs: number, low: number, high: number])[] | undefined;
};

export type ChartThreshold = { value: number; label: string; tone?: 'bad' | 'warn' | undefined };

export type ChartMark = {
  at: number;
  label: string;
  href?: string | undefined;
  tone?: 'neutral' | 'bad' | 'warn' | 'ok' | undefined;
};

export type ChartRange = { from: number; to: number };
