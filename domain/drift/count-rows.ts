import type { ContributionPart } from './contribution.ts';
import { type Counters, valueCounter } from './counters.ts';
import { type BinnedFeature, wholeSegment } from './feature.ts';
import { type Places, placesOf } from './label-by-id.ts';
import { LabelColumns } from './label-columns.ts';
import { labelTarget, type PlacedTarget } from './label-target.ts';
import type { RejectedRow } from './row-reject.ts';
import { binOf, canPart, columnSegment, segmentedFeatures } from './segment.ts';
import { isLabelOnly, type LabelById, type SentRow, sentRow } from './sent-row.ts';
import { fiveMinutesMs, hourMs } from './window.ts';

type Count = (values: readonly unknown[]) => Counters;

/** How rows of one service are counted, made once for many batches. */
export type CountingPlan = {
  /** Place of the feature that a name means. */
  readonly places: ReadonlyMap<string, number>;
  /** Names of features that are known and not counted. */
  readonly passed: ReadonlySet<string>;
  /** Places of the inputs of the model: one that a row leaves out is null. */
  readonly inputs: readonly number[];
  readonly lots: readonly {
    readonly binningId: string;
    readonly features: readonly {
      readonly featureId: string;
      readonly place: number;
      readonly count: Count;
    }[];
  }[];
  /** Of each place whose truth may be told, on every binning. */
  readonly targets: ReadonlyMap<number, readonly PlacedTarget[]>;
  /** Rows are counted once more by the segment that they are in; null where no column parts them. */
  readonly parting: Parting | null;
  /** Whether labels may name their prediction by id alone. */
  readonly byId: boolean;
};

type Parting = {
  readonly place: number;
  readonly segmentOf: (value: unknown) => string;
  /** Features that are counted by segment. */
  readonly featureIds: ReadonlySet<string>;
};

type PlannedBinning = {
  readonly binningId: string;
  readonly features: readonly (BinnedFeature & { readonly aliases: readonly string[] })[];
};

/** JSON has no such numbers, so clients send them as texts. */
const notNumbers = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const withNotNumbers = (value: unknown): unknown =>
  typeof value === 'string' ? (notNumbers.get(value) ?? value) : value;

/** Plan of binnings that all count; `cloakOf` gives what stands for values that a binning may not hold as text. */
export function countingPlan(
  binnings: readonly PlannedBinning[],
  known: {
    readonly passed: Iterable<string>;
    readonly cloakOf: (feature: BinnedFeature) => ((value: unknown) => unknown) | null;
    /** Feature by whose values rows are parted. */
    readonly segmentColumn?: string | null;
    readonly byId?: boolean;
  },
): CountingPlan {
  const places = new Map<string, number>();
  const placeOfId = new Map<string, number>();
  const inputs: number[] = [];
  const targets = new Map<number, PlacedTarget[]>();
  const lots = binnings.map(({ binningId, features }) => ({
    binningId,
    features: features.map((feature) => {
      const place = placeOfId.get(feature.featureId) ?? placeOfId.size;
      if (!placeOfId.has(feature.featureId) && feature.role === 'input') inputs.push(place);
      placeOfId.set(feature.featureId, place);
      for (const name of [feature.name, ...feature.aliases]) places.set(name, place);
      const { featureId } = feature;
      const turn = turnOf(feature, known.cloakOf(feature));
      const count = counterOf(feature, turn);
      const target = labelTarget(feature, { count, turn });
      if (target !== null)
        targets.set(place, [...(targets.get(place) ?? []), { ...target, binningId, featureId }]);
      return { featureId, place, count };
    }),
  }));
  const parting = partingOf(binnings[0]?.features ?? [], placeOfId, known);
  return { places, passed: new Set(known.passed), inputs, lots, targets, parting, byId: known.byId ?? false };
}

function partingOf(
  features: readonly BinnedFeature[],
  places: ReadonlyMap<string, number>,
  { segmentColumn, cloakOf }: Pick<Parameters<typeof countingPlan>[1], 'segmentColumn' | 'cloakOf'>,
): Parting | null {
  const column = features.find(({ featureId }) => featureId === segmentColumn);
  const place = column === undefined ? undefined : places.get(column.featureId);
  if (column === undefined || place === undefined || !canPart(column)) return null;
  const turn = turnOf(column, cloakOf(column));
  const bin = binOf(column.binning);
  return {
    place,
    segmentOf: (value) => columnSegment(column.featureId, bin(turn === null ? value : turn(value))),
    featureIds: new Set(segmentedFeatures(features, column.featureId).map(({ featureId }) => featureId)),
  };
}

type Turn = ((value: unknown) => unknown) | null;

const turnOf = ({ binning }: BinnedFeature, cloak: Turn): Turn =>
  binning.kind === 'categorical' ? cloak : withNotNumbers;

function counterOf({ binning }: BinnedFeature, turn: Turn): Count {
  const count = valueCounter(binning);
  return turn === null ? count : (values) => count(values.map(turn));
}

export type CountedRows = {
  readonly parts: readonly ContributionPart[];
  readonly accepted: readonly SentRow[];
  readonly rejected: readonly RejectedRow[];
  /** Rows by each name that no feature has. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Predictions whose label may come by id, and labels that did. */
  readonly named: readonly NamedPrediction[];
  readonly labels: readonly (LabelById & { readonly row: number })[];
};

/** A prediction by the bins that it is in. */
type NamedPrediction = { readonly id: string; readonly windowMs: number; readonly places: Places };

type CountedPlace = {
  readonly revisionId: string;
  readonly nowMs: number;
  /** Rows of any age, counted into hours only. */
  readonly history?: boolean;
};

/**
 * Rows of one revision as what they add to its counters, predictions of which it is known what came once more by that;
 * every order and split of the rows adds up to the same.
 */
export function countRows(
  plan: CountingPlan,
  rows: readonly unknown[],
  { revisionId, nowMs, history = false }: CountedPlace,
): CountedRows {
  const windowLengthMs = history ? hourMs : fiveMinutesMs;
  const finest = history ? 'hour' : 'fiveMinutes';
  const windows = new Map<number, WindowColumns>();
  const labelled = new Map<number, LabelColumns>();
  const parted = new Map<string, Parted>();
  const unknown = new Map<string, number>();
  const accepted: SentRow[] = [];
  const rejected: RejectedRow[] = [];
  const named: NamedPrediction[] = [];
  const labelsById: (LabelById & { row: number })[] = [];
  for (const [index, sent] of rows.entries()) {
    const row = sentRow(sent, nowMs, history ? Number.NEGATIVE_INFINITY : undefined);
    if (typeof row === 'string') {
      rejected.push({ row: index, code: row });
      continue;
    }
    if ('labelOf' in row) {
      if (plan.byId) labelsById.push({ ...row, row: index });
      else rejected.push({ row: index, code: 'labelsOff' });
      continue;
    }
    const windowMs = Math.floor(row.atMs / windowLengthMs) * windowLengthMs;
    if (row.truth !== null) {
      const labels = labelled.get(windowMs) ?? new LabelColumns(plan);
      if (!labels.add(row.predictions, row.truth)) {
        rejected.push({ row: index, code: 'badLabel' });
        continue;
      }
      labelled.set(windowMs, labels);
    }
    accepted.push(row);
    if (plan.byId && row.id !== null && row.truth === null) {
      const places = placesOf(plan, row.predictions);
      if (places !== null) named.push({ id: row.id, windowMs, places });
    }
    if (isLabelOnly(row)) noteUnknown(plan, row.predictions, unknown);
    else {
      columnsAt(windows, windowMs, plan).add(row, unknown);
      const { parting } = plan;
      if (parting !== null) partedAt(parted, row, { plan, parting }).add(row, new Map());
    }
  }
  const of = { revisionId, finest } as const;
  const parts = [...windows].flatMap(([windowMs, columns]) =>
    columns.parts({ ...of, windowMs, segment: wholeSegment }),
  );
  for (const [windowMs, labels] of labelled) parts.push(...labels.parts({ ...of, windowMs }));
  for (const { columns, ...place } of parted.values())
    parts.push(...columns.parts({ revisionId, finest: 'hour', ...place }, plan.parting?.featureIds));
  return { parts, accepted, rejected, unknown, named, labels: labelsById };
}

/** Names of a row that is counted nowhere else. */
function noteUnknown({ places, passed }: CountingPlan, values: object, unknown: Map<string, number>): void {
  for (const name in values)
    if (!places.has(name) && !passed.has(name)) unknown.set(name, (unknown.get(name) ?? 0) + 1);
}

type Parted = { readonly columns: WindowColumns; readonly segment: string; readonly windowMs: number };

/** By hour and segment: 5 minutes are not kept of these. */
function partedAt(
  parted: Map<string, Parted>,
  { atMs, features }: SentRow,
  { plan, parting: { place, segmentOf } }: { readonly plan: CountingPlan; readonly parting: Parting },
): WindowColumns {
  const windowMs = Math.floor(atMs / hourMs) * hourMs;
  const name = Object.keys(features).find((one) => plan.places.get(one) === place);
  const segment = segmentOf(name === undefined ? null : features[name]);
  const key = `${windowMs} ${segment}`;
  const known = parted.get(key) ?? { columns: new WindowColumns(plan), segment, windowMs };
  parted.set(key, known);
  return known.columns;
}

function columnsAt(windows: Map<number, WindowColumns>, windowMs: number, plan: CountingPlan): WindowColumns {
  const known = windows.get(windowMs);
  if (known !== undefined) return known;
  const columns = new WindowColumns(plan);
  windows.set(windowMs, columns);
  return columns;
}

type Place = Pick<ContributionPart, 'revisionId' | 'windowMs' | 'segment' | 'finest'>;

/** Values of one window by feature. */
class WindowColumns {
  readonly #plan: CountingPlan;
  readonly #columns: unknown[][];
  /** Row that last gave each feature a value. */
  readonly #lastRow: Int32Array;
  #rows = 0;

  constructor(plan: CountingPlan) {
    this.#plan = plan;
    const places = new Set(plan.places.values()).size;
    this.#columns = Array.from({ length: places }, () => []);
    this.#lastRow = new Int32Array(places);
  }

  add({ features, predictions }: SentRow, unknown: Map<string, number>): void {
    this.#rows += 1;
    const hasFeatures = this.#take(features, unknown);
    this.#take(predictions, unknown);
    if (!hasFeatures) return;
    for (const place of this.#plan.inputs)
      if (this.#lastRow[place] !== this.#rows) this.#columns[place]?.push(null);
  }

  /** Whether any value was there; a second value of one feature (under another of its names) is told as unknown. */
  #take(values: SentRow['features'], unknown: Map<string, number>): boolean {
    let any = false;
    for (const name in values) {
      any = true;
      const place = this.#plan.places.get(name);
      if (place !== undefined && this.#lastRow[place] !== this.#rows) {
        this.#lastRow[place] = this.#rows;
        this.#columns[place]?.push(values[name]);
      } else if (place !== undefined || !this.#plan.passed.has(name))
        unknown.set(name, (unknown.get(name) ?? 0) + 1);
    }
    return any;
  }

  parts(place: Place, only?: ReadonlySet<string>): ContributionPart[] {
    return this.#plan.lots.flatMap(({ binningId, features }) =>
      features.flatMap(({ featureId, place: column, count }) => {
        const values = this.#columns[column] ?? [];
        if (values.length === 0 || only?.has(featureId) === false) return [];
        const counters = count(values);
        return [{ ...place, binningId, featureId, counters }];
      }),
    );
  }
}
