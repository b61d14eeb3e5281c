import { monthOf } from '../../domain/bill/month.ts';
import { oneParam, type SearchParams } from '../rollouts/list-params.ts';

export type BillAsk = { readonly month?: string; readonly basis: 'effective' | 'billed' };

/** What the address asks for: the newest month with a bill and effective cost unless it says otherwise. */
export function billAsk(params: SearchParams): BillAsk {
  const month = oneParam(params, 'month') ?? '';
  const basis = oneParam(params, 'basis') === 'billed' ? 'billed' : 'effective';
  return { basis, ...(monthOf(month) === null ? {} : { month }) };
}
