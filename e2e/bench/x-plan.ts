import { startTemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { createDatabase } from '../../db/client.ts';
import { loadService } from '../../server/rows/service-record.ts';
import { loadRevisions } from '../../server/rows/revision-record.ts';
import { currentSubjects } from '../../server/promotion-subject.ts';
import { readService } from '../../server/reconciler/load-service.ts';
import { newId } from '../../server/id.ts';
const pgd = await startTemporaryPostgres();
await migrate(pgd.url);
const { db, pool, close } = createDatabase(pgd.url, { maxConnections: 1 });
for (const mode of ['auto', 'force_generic_plan', 'auto', 'force_generic_plan']) {
  await pool.query(`set plan_cache_mode = ${mode}`);
  const id = newId();
  const time = async (name: string, run: () => Promise<unknown>) => {
    const all: number[] = [];
    for (let i = 0; i < 60; i++) { const t = performance.now(); await run().catch(() => undefined); all.push(performance.now() - t); }
    const late = all.slice(20).toSorted((a, b) => a - b);
    console.log(mode, name, late[20]!.toFixed(2));
  };
  await time('service', () => loadService(db, id));
  await time('revisions', () => loadRevisions(db, [id]));
  await time('subjects', () => currentSubjects(db, [id]));
  await time('readService', () => readService(db, id));
}
await close(); await pgd.remove();
