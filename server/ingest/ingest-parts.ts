import type { Database } from '../../db/client.ts';
import { BatchAppender } from './append-batch.ts';
import { ServiceCatalogues } from './service-catalogue.ts';

/** What all calls of one process share. */
export type IngestParts = {
  readonly db: Database;
  readonly catalogues: ServiceCatalogues;
  readonly appender: BatchAppender;
};

export const ingestParts = (db: Database): IngestParts => ({
  db,
  catalogues: new ServiceCatalogues(db),
  appender: new BatchAppender(db),
});
