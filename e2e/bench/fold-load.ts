import { createDatabase, type Database } from '../../db/client.ts';
import { newId } from '../../server/id.ts';
import { storeBatches } from '../../server/ingest/append-batch.ts';
import { foldAll } from '../../server/ingest/folder.ts';
import { ServiceCatalogues } from '../../server/ingest/service-catalogue.ts';
import { fromRows } from '../../server/ingest/take-batch.ts';
import { type CountedService, countedService, rowOf } from './drift-to-count.ts';
import type { Finding } from './measure.ts';
import { postgresCpuSeconds, postmasterOf, processCpuSeconds } from './postgres-cpu.ts';

const models = 50;
const features = 200;
const pods = 3;
const sendEverySeconds = 10;
const rowsPerBatch = 20;
/** The folder's longest pause: at this load it folds that often. */
const cycleSeconds = 30;
const cycles = 4;

/** What the worker's folder takes of one CPU while so many models send, in the rhythm that it gives itself under load. */
export async function measureFolding(databaseUrl: string): Promise<Finding> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    const { db } = handle;
    const postmaster = await postmasterOf(db);
    const services: CountedService[] = [];
    for (let model = 0; model < models; model += 1) services.push(await countedService(db, features));
    let [own, postgres, folded, bytes] = [0, 0, 0, 0];
    for (let cycle = 0; cycle <= cycles; cycle += 1) {
      const sent = await sendCycle(db, services, cycle);
      const before = [processCpuSeconds(), postgresCpuSeconds(postmaster)] as const;
      const batches = await foldAll(db);
      if (cycle === 0) continue;
      own += processCpuSeconds() - before[0];
      postgres += postgresCpuSeconds(postmaster) - before[1];
      folded += batches;
      bytes += sent;
    }
    const share = (seconds: number) => (100 * seconds) / (cycles * cycleSeconds);
    return {
      name: `CPU of a worker that counts ${models} models × ${features} features, ${pods} pods each every ${sendEverySeconds} s`,
      value: share(own),
      limit: 5,
      unit: ' %',
      detail: `and ${share(postgres).toFixed(1)} % in PostgreSQL; ${folded} batches of ${(bytes / folded / 1_000).toFixed(1)} kB in ${cycles * cycleSeconds} s`,
    };
  } finally {
    await handle.close();
  }
}

async function sendCycle(db: Database, services: readonly CountedService[], cycle: number): Promise<number> {
  const catalogues = new ServiceCatalogues(db);
  let bytes = 0;
  for (const [model, { fixture }] of services.entries()) {
    const counting = await catalogues.of(fixture.serviceId);
    const batches = Array.from({ length: (pods * cycleSeconds) / sendEverySeconds }, (_, batch) => {
      const rows = Array.from({ length: rowsPerBatch }, (_row, row) => ({
        f: rowOf(features, ((cycle * 50 + model) * 9 + batch) * rowsPerBatch + row),
      }));
      const batchId = newId();
      const place = { counting, revisionId: fixture.revisionId, sha256: batchId };
      return fromRows({ source: 'bench', batchId }, rows, place).batch;
    });
    for (const { contribution } of batches) bytes += contribution?.length ?? 0;
    await storeBatches(db, batches);
  }
  return bytes;
}
