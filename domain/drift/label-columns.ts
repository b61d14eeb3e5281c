import type { ContributionPart } from './contribution.ts';
import type { Truth } from './label.ts';
import type { PlacedTarget } from './label-target.ts';

type Plan = {
  readonly places: ReadonlyMap<string, number>;
  readonly targets: ReadonlyMap<number, readonly PlacedTarget[]>;
};
type Column = { readonly target: PlacedTarget; readonly segment: string; readonly values: unknown[] };
type Place = Pick<ContributionPart, 'revisionId' | 'windowMs' | 'finest'>;

/** Predictions of one window by what came of them. */
export class LabelColumns {
  readonly #plan: Plan;
  readonly #columns = new Map<PlacedTarget, Map<string, Column>>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /**
   * Takes the predictions of a row that its truth is told of. Yes and no are told of scores and classes where there are
   * any, else of numbers. False for a truth that no prediction that is counted can have.
   */
  add(predictions: Readonly<Record<string, unknown>>, truth: Truth): boolean {
    const asked = this.#askedOf(predictions, truth);
    const fits = asked.flatMap(({ target, predicted, truth: own }) => {
      const labelled = target.take(predicted, own);
      return labelled === null ? [] : [{ target, ...labelled }];
    });
    const decided = typeof truth !== 'object' && fits.some(({ target }) => target.role !== 'value');
    for (const { target, segment, value } of fits)
      if (!decided || target.role !== 'value') this.#column(target, segment).values.push(value);
    return fits.length > 0 || asked.length === 0;
  }

  #askedOf(predictions: Readonly<Record<string, unknown>>, truth: Truth) {
    const seen = new Set<number>();
    return Object.entries(predictions).flatMap(([name, predicted]) => {
      const place = this.#plan.places.get(name);
      const own = typeof truth === 'object' ? truth[name] : truth;
      if (place === undefined || own === undefined || seen.has(place)) return [];
      seen.add(place);
      return (this.#plan.targets.get(place) ?? []).map((target) => ({ target, predicted, truth: own }));
    });
  }

  #column(target: PlacedTarget, segment: string): Column {
    const bySegment = this.#columns.get(target) ?? new Map<string, Column>();
    this.#columns.set(target, bySegment);
    const column = bySegment.get(segment) ?? { target, segment, values: [] };
    bySegment.set(segment, column);
    return column;
  }

  parts(place: Place): ContributionPart[] {
    return [...this.#columns.values()].flatMap((bySegment) =>
      [...bySegment.values()].map(({ target, segment, values }) => ({
        ...place,
        binningId: target.binningId,
        featureId: target.featureId,
        segment,
        counters: target.count(values),
      })),
    );
  }
}
