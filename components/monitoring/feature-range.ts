import { type SearchParams } from '../rollouts/list-params.ts';

const presets = ['24h', '7d', '28d'] as const;
type RangePreset = (typeof presets)[number];
export type FeatureRange = RangePreset | { readonly from: Date; readonly to: Date };

const instantOf = (text: unknown): Date | null => {
  const at = typeof text === 'string' ? new Date(text) : null;
  return at === null || Number.isNaN(at.getTime()) ? null : at;
};

/** The range that an address asks for; undefined is the last window. */
export function featureRange(params: SearchParams): FeatureRange | undefined {
  const preset = presets.find((each) => each === params['range']);
  if (preset !== undefined) return preset;
  const [from, to] = [instantOf(params['from']), instantOf(params['to'])];
  return from === null || to === null || from >= to ? undefined : { from, to };
}
