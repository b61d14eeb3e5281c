import { oneParam, type SearchParams } from '../rollouts/list-params.ts';

const promotionFilters = ['waitsForMe', 'open', 'ended', 'all'] as const;
export type PromotionFilter = (typeof promotionFilters)[number];

/** Open requests unless the address says otherwise. */
export function promotionFilter(params: SearchParams): PromotionFilter {
  const asked = oneParam(params, 'filter');
  return promotionFilters.find((filter) => filter === asked) ?? 'open';
}
