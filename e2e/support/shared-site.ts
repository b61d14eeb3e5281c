/** What the workers of a run have to know of the server that the run started. */
export type SharedSite = {
  readonly url: string;
  readonly databaseUrl: string;
  /** The PostgreSQL itself, for tests that need a database of their own. */
  readonly serverUrl: string;
  readonly lines: readonly string[];
};

const variable = 'FAIRLEAD_JOURNEYS';

/** Workers inherit the environment of the process that ran the global set-up. */
export function shareSite(site: SharedSite): void {
  process.env[variable] = JSON.stringify(site);
}

export function sharedSite(): SharedSite {
  return JSON.parse(process.env[variable] ?? '') as SharedSite;
}
