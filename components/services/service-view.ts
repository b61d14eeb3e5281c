import { oneParam, type SearchParams } from '../rollouts/list-params.ts';

export type ServiceView = 'matrix' | 'list';

/** By environment unless the address says otherwise; one environment alone is a list. */
export function serviceView(params: SearchParams): ServiceView {
  const asked = oneParam(params, 'view');
  if (asked === 'list' || asked === 'matrix') return asked;
  return oneParam(params, 'environment') === undefined ? 'matrix' : 'list';
}
