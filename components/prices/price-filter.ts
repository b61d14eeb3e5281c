import { type ListAsk, listAsk, oneParam, type SearchParams } from '../rollouts/list-params.ts';

export const priceFilters = ['current', 'coming', 'ended', 'all'] as const;
export type PriceAsk = ListAsk & { readonly filter: (typeof priceFilters)[number] };

/** What the address asks for; the prices that are valid now when it asks for nothing that exists. */
export function priceAsk(params: SearchParams): PriceAsk {
  const asked = oneParam(params, 'filter');
  return { ...listAsk(params), filter: priceFilters.find((each) => each === asked) ?? 'current' };
}
