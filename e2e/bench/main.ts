import { startTemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { startCold } from './built-checkout.ts';
import { measureCharts } from './chart-mount.ts';
import { measureChartSources } from './chart-source.ts';
import { measureDriftReads } from './drift-read.ts';
import { measureEmbedWeight } from './embed-weight.ts';
import { measureEventToFigure } from './event-to-figure.ts';
import { measureExplorer } from './explorer-query.ts';
import { measureFolding } from './fold-load.ts';
import { measureIngest } from './ingest-rows.ts';
import { type Finding, report } from './measure.ts';
import { measureNoticeDelay } from './notice-delay.ts';
import { measurePageWeight } from './page-weight.ts';
import { measurePictures } from './picture-draw.ts';
import { measureLedger } from './pods-to-ledger.ts';
import { measureTenTabs } from './ten-tabs.ts';
import { measureTrpcCpu } from './trpc-cpu.ts';

/** `npm run bench`: each figure is a ratio against a reference of the same run, or a size or time that the README promises. */
async function* measureCalls(): AsyncGenerator<Finding> {
  const postgres = await startTemporaryPostgres();
  try {
    await migrate(postgres.url);
    yield await measureTrpcCpu(postgres.url);
    yield await measureNoticeDelay(postgres.url);
    yield* measureChartSources(postgres.url);
    yield* await measureExplorer(postgres.url);
    yield await measureEventToFigure(postgres.url);
    yield await measureLedger(postgres.url);
    yield await measureIngest(postgres.url);
    yield await measureFolding(postgres.url);
    yield* await measureDriftReads(postgres.url);
  } finally {
    await postgres.remove();
  }
}

async function* measureConsole(): AsyncGenerator<Finding> {
  const site = await startCold();
  try {
    yield site.finding;
    yield await measurePageWeight(site);
    yield await measureEmbedWeight(site);
    yield* await measureTenTabs(site);
  } finally {
    await site.stop();
  }
}

const parts = [measurePictures, measureCharts, measureConsole, measureCalls];
const kept: boolean[] = [];
for (const measure of parts) {
  try {
    for await (const finding of await measure()) kept.push(report([finding], console.log));
  } catch (error) {
    console.error(`BROKEN  ${error instanceof Error ? error.message : String(error)}`);
    kept.push(false);
  }
}
process.exitCode = kept.every(Boolean) ? 0 : 1;
