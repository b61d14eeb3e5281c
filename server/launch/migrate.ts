import { migrate } from '../../db/migrate.ts';
import { readEnv } from '../env.ts';
import { stateFolderOf } from './checkout.ts';
import { launchDatabase } from './launch-database.ts';

try {
  const env = readEnv();
  const database = await launchDatabase({ stateFolder: stateFolderOf(env), databaseUrl: env.DATABASE_URL });
  try {
    const { applied } = await migrate(database.url);
    console.log(applied.length === 0 ? 'The database is up to date.' : `Migrated: ${applied.join(', ')}.`);
  } finally {
    await database.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
