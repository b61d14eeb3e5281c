import { startTemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { createDatabaseNamed } from './own-database.ts';
import { shareSite } from './shared-site.ts';
import { startSite } from './site-process.ts';

/** One PostgreSQL and one server with the demo for the whole run; each test brings a project of its own. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres({ fsync: 'off', synchronous_commit: 'off' });
  try {
    const databaseUrl = await createDatabaseNamed(postgres.url, 'fairlead_journeys');
    const site = await startSite({ databaseUrl, args: [] });
    shareSite({ url: site.url, databaseUrl, serverUrl: postgres.url, lines: site.lines });
    return async () => {
      await site.close();
      await postgres.remove();
    };
  } catch (error) {
    await postgres.remove();
    throw error;
  }
}
