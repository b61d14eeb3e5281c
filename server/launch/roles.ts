import { parseArgs } from 'node:util';
import { readEnv } from '../env.ts';
import { grantAuditRole } from './audit-role.ts';
import { stateFolderOf } from './checkout.ts';
import { launchDatabase } from './launch-database.ts';

// npm run db:roles -- [--role=fairlead_app] [--grant-to=<existing login>], with the owner's DATABASE_URL.
try {
  const { values } = parseArgs({
    options: { role: { type: 'string', default: 'fairlead_app' }, 'grant-to': { type: 'string' } },
  });
  const grantTo = values['grant-to'];
  const env = readEnv();
  const database = await launchDatabase({ stateFolder: stateFolderOf(env), databaseUrl: env.DATABASE_URL });
  try {
    await grantAuditRole({
      url: database.url,
      role: values.role,
      ...(grantTo === undefined ? {} : { grantTo }),
    });
    console.log(`The role ${values.role} may add to the audit and may not change it.`);
  } finally {
    await database.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
