import type { ChartMark, ChartRange, ChartSeries, ChartThreshold } from './chart-series.ts';
import type { ChartUnit } from './chart-unit.ts';

/** Something with a name that a stakeholder may not be meant to read: `service <id>`, `modelVersion <id>`, `feature <id>`, … */
export type SubjectKey = `${SubjectKind} ${string}`;
export const subjectKinds = [
  'project',
  'environment',
  'node',
  'service',
  'modelVersion',
  'model',
  'feature',
  'budget',
  'group',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export type MarkKind = 'deploy' | 'approval' | 'abort' | 'rollBack' | 'alert' | 'annotation';

/** A sentence whose names are put in by whoever shows it. */
export type Words = readonly (string | { readonly subject: SubjectKey })[];

/**
 * All that a chart shows, the same for console, boards, pictures, reports and embeds; `prepareChart` decides how it is
 * drawn. `title` and `words` hold no name: names are `names[subject]`, which an embed replaces by its stored labels.
 * Series are capped by the server; null values are gaps. Times are milliseconds.
 */
export type ChartAnswer = {
  readonly title: string;
  readonly unit: ChartUnit;
  readonly range: ChartRange;
  readonly stepMs?: number | undefined;
  /** The beginning of a step of sums or counts that is not over: what it has so far is no fall. */
  readonly openFromMs?: number | undefined;
  /** A series with a subject has that name as its label; one without (stable, canary, "all") keeps its own. */
  readonly series: readonly (ChartSeries & { readonly subject: SubjectKey | null })[];
  readonly thresholds: readonly ChartThreshold[];
  /** `label` and `href` are for the console only; an embed shows time and kind. */
  readonly marks: readonly (ChartMark & { readonly kind: MarkKind })[];
  /** What the chart says, for people who are no engineers; empty when there is nothing to say beyond the lines. */
  readonly words: Words;
  readonly names: Readonly<Partial<Record<SubjectKey, string>>>;
  readonly asOfMs: number;
};
