import type { ContributionPart } from './contribution.ts';
import { apartList, type Counters, storedCounters } from './counters.ts';
import type { Truth } from './label.ts';
import type { PlacedTarget } from './label-target.ts';
import type { RejectCode } from './row-reject.ts';

/**
 * Where a prediction was counted: its bin by binning and feature; -1 to -4 are the kinds of rows without a bin, in their
 * order. Null is a number, whose bin does not tell how far it was off.
 */
export type Places = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

type Plan = {
  readonly places: ReadonlyMap<string, number>;
  readonly targets: ReadonlyMap<number, readonly PlacedTarget[]>;
};

/** Null for a row without a prediction that a truth can be told of. */
export function placesOf(plan: Plan, predictions: Readonly<Record<string, unknown>>): Places | null {
  const found: Record<string, Record<string, number | null>> = {};
  const seen = new Set<number>();
  for (const name in predictions) {
    const place = plan.places.get(name);
    if (place === undefined || seen.has(place)) continue;
    seen.add(place);
    for (const { binningId, featureId, role, count } of plan.targets.get(place) ?? []) {
      const byFeature = found[binningId] ?? {};
      found[binningId] = byFeature;
      byFeature[featureId] = role === 'value' ? null : placeOf(count([predictions[name]]));
    }
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** Of one value: kinds without a bin are the first of those kept apart. */
function placeOf(counters: Counters): number {
  const bin = counters.counts.indexOf(1);
  return bin >= 0 ? bin : -1 - apartList(counters).indexOf(1);
}

/** What a label adds to one prediction's counters, which its places stand for. */
type Joined = { readonly target: PlacedTarget; readonly segment: string; readonly place: number };

/** What a truth tells of a prediction that was counted at these places; or why it can tell nothing. */
function joinedOf(plan: Plan, places: Places, truth: Truth): Joined[] | RejectCode {
  const asked = [...askedOf(plan, truth)].flatMap(({ target, own }) => {
    const place = places[target.binningId]?.[target.featureId];
    return place === undefined ? [] : [{ target, own, place }];
  });
  if (asked.length === 0 && !Object.keys(places).some((id) => countsOn(plan, id))) return 'labelOfFormerBins';
  const fits = asked.flatMap(({ target, own, place }): Joined[] => {
    const labelled = place === null ? null : target.take(null, own);
    return place === null || labelled === null ? [] : [{ target, segment: labelled.segment, place }];
  });
  const toldOfNumber = asked.some(({ target, own, place }) => place === null && target.take(0, own) !== null);
  // A yes or no without a name is told of scores and classes where there are any.
  if (toldOfNumber && (typeof truth === 'object' || fits.length === 0)) return 'labelOfNumber';
  return fits.length === 0 ? 'badLabel' : fits;
}

const countsOn = ({ targets }: Plan, binningId: string): boolean =>
  [...targets.values()].flat().some((target) => target.binningId === binningId);

function* askedOf(plan: Plan, truth: Truth) {
  if (typeof truth !== 'object') {
    for (const target of [...plan.targets.values()].flat()) yield { target, own: truth };
    return;
  }
  const seen = new Set<number>();
  for (const [name, own] of Object.entries(truth)) {
    const place = plan.places.get(name);
    if (place === undefined || seen.has(place)) continue;
    seen.add(place);
    for (const target of plan.targets.get(place) ?? []) yield { target, own };
  }
}

type Found = { readonly revisionId: string; readonly windowMs: number; readonly places: Places };

/** Labels and the predictions that they found; they add up to what they do beside their prediction repeated. */
export class JoinedLabels {
  readonly #plan: Plan;
  readonly #lots = new Map<string, Joined & { readonly of: Found; readonly bins: number[] }>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Why it tells nothing; null when it is counted. */
  add(of: Found, truth: Truth): RejectCode | null {
    const joined = joinedOf(this.#plan, of.places, truth);
    if (typeof joined === 'string') return joined;
    for (const one of joined) {
      const { binningId, featureId } = one.target;
      const key = `${of.revisionId} ${of.windowMs} ${binningId} ${featureId} ${one.segment}`;
      const lot = this.#lots.get(key) ?? { ...one, of, bins: [] };
      this.#lots.set(key, lot);
      lot.bins.push(one.place);
    }
    return null;
  }

  parts(): ContributionPart[] {
    return [...this.#lots.values()].map(({ target, segment, of: { revisionId, windowMs }, bins }) => ({
      binningId: target.binningId,
      featureId: target.featureId,
      revisionId,
      windowMs,
      segment,
      finest: 'fiveMinutes',
      counters: countersAt(target.count([]), bins),
    }));
  }
}

function countersAt(none: Counters, places: readonly number[]): Counters {
  const counts = [...none.counts];
  const apart = apartList(none);
  for (const place of places)
    if (place >= 0) counts[place] = (counts[place] ?? 0) + 1;
    else apart[-1 - place] = (apart[-1 - place] ?? 0) + 1;
  return storedCounters(counts, none.sums, apart);
}
