import type { Binning } from './binning.ts';

/**
 * What a monitored column is to its service: `input` of the model; `score` (a probability), `class` and `value` (a
 * number) are its predictions; `latency` and `quality` are operational and judged figures of an answer.
 */
export const featureRoles = ['input', 'score', 'class', 'value', 'latency', 'quality'] as const;
export type FeatureRole = (typeof featureRoles)[number];

/** `counted`; `ignored` by a person; `refused` because it looks like identifiers, until an admin maps it (drift.md §9.10). */
export const featureStates = ['counted', 'ignored', 'refused'] as const;

/** How one feature of a service is counted; `featureId` is that of the row, `name` the column as it is sent. */
export type BinnedFeature = {
  readonly featureId: string;
  readonly name: string;
  readonly role: FeatureRole;
  readonly binning: Binning;
};

/** Rows of all segments together. */
export const wholeSegment = '';
