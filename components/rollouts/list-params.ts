export type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

/** What a list asks the server for; absent keys stay absent so that page and component ask the same. */
export type ListAsk = { readonly search?: string; readonly page?: number };

const rolloutFilters = ['active', 'ended', 'all'] as const;
export type RolloutFilter = (typeof rolloutFilters)[number];

/** The first value of a search param; an empty one counts as absent. */
export function oneParam(params: SearchParams, name: string): string | undefined {
  const value = params[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === '' ? undefined : first;
}

/** Search text and page number of an address; anything that is no page number is the first page. */
export function listAsk(params: SearchParams): ListAsk {
  const search = oneParam(params, 'q')?.slice(0, 200);
  const page = Number(oneParam(params, 'page') ?? '1');
  const isPage = Number.isInteger(page) && page > 1 && page <= 100_000;
  return { ...(search === undefined ? {} : { search }), ...(isPage ? { page } : {}) };
}

/** Active rollouts unless the address says otherwise. */
export function rolloutFilter(params: SearchParams): RolloutFilter {
  const asked = oneParam(params, 'filter');
  return rolloutFilters.find((filter) => filter === asked) ?? 'active';
}

/** A path with those params that have a value. */
export function withParams(path: string, params: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
