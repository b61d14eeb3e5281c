import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { createDatabase, type Database, transaction } from '../../db/client.ts';
import { startTemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import {
  type ContributionPart,
  packContribution,
  unpackContribution,
} from '../../domain/drift/contribution.ts';
import { countingPlan, countRows } from '../../domain/drift/count-rows.ts';
import type { BinnedFeature } from '../../domain/drift/feature.ts';
import { driftStatistics } from '../../domain/drift/statistics.ts';
import { judgeWindow } from '../../domain/drift/window-verdict.ts';
import { newId } from '../../server/id.ts';
import { addParts } from '../../server/ingest/add-parts.ts';
import { readCounters } from '../../server/rows/drift-counters.ts';
import type { Evidently } from './evidently.ts';
import { drawer } from './monitor-run.ts';
import { asEvidently, rowFile, writeRows } from './raw-side.ts';
import { type Column, noShift, rawRows, type Traffic } from './traffic.ts';

const hourMs = 3_600_000;
const weekHours = 7 * 24;
/** 100,800 rows a week. */
const traffic: Traffic = { seed: 4_711, rows: { count: 600, sessions: false }, cycle: 0 };
/** Not on a day, so that hours are read besides days. */
const offHours = 5;

export type CpuFigures = {
  readonly rows: number;
  readonly columns: number;
  readonly evidentlySeconds: number;
  /** Reading two ranges from Postgres, all statistics and verdicts; Postgres' own CPU in it. */
  readonly reevaluationSeconds: number;
  /** Of a day's rows through the product's ingest, times seven. */
  readonly ingestSeconds: number;
};

type Place = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly revisionId: string;
  readonly binningId: string;
};

const counted = (columns: readonly Column[]): (BinnedFeature & { aliases: string[] })[] =>
  columns.map(({ index, binning }) => ({
    featureId: newId(),
    name: `f${index}`,
    role: 'input',
    binning,
    aliases: [],
  }));

/** Both sides of the comparison on the same rows: a week against the week before. */
export async function measureCpu(evidently: Evidently, columns: readonly Column[]): Promise<CpuFigures> {
  const weeks = [0, 1].map((week) =>
    Array.from({ length: weekHours }, (_, hour) => week * weekHours + offHours + hour),
  );
  const [reference, current] = await Promise.all(
    weeks.map((hours, week) =>
      writeRows(rowFile(evidently.folder, `cpu ${week}`), columns, {
        traffic,
        hours,
        shiftOf: () => noShift,
      }),
    ),
  );
  if (reference === undefined || current === undefined) throw new Error('Two weeks are compared.');
  const asked = evidently.ask([{ kind: 'report', columns: asEvidently(columns), reference, current }]);
  const own = await measureOwn(columns);
  const [report] = (await asked) as [{ cpuSeconds: number }];
  return { rows: current.rows, columns: columns.length, evidentlySeconds: report.cpuSeconds, ...own };
}

async function measureOwn(columns: readonly Column[]) {
  const postgres = await startTemporaryPostgres();
  const handle = createDatabase(postgres.url, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    await migrate(postgres.url);
    const { db } = handle;
    const place = { projectId: newId(), serviceId: newId(), revisionId: newId(), binningId: newId() };
    const features = counted(columns);
    const startMs = Math.floor(Date.now() / (24 * hourMs)) * 24 * hourMs - 2 * weekHours * hourMs;
    await fill(db, place, { columns, features, startMs });
    const reevaluationSeconds = await cpuOf(db, () => reevaluate(db, place, { features, startMs }));
    const ingestSeconds = 7 * (await ingestDay(db, place, { columns, features }));
    return { reevaluationSeconds, ingestSeconds };
  } finally {
    await handle.close();
    await postgres.remove();
  }
}

/** Only counters are measured, so that the rows that they hang on are left out. */
async function add(db: Database, place: Place, parts: readonly ContributionPart[]): Promise<void> {
  await transaction(db, async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await addParts(tx, place, { parts });
  });
}

type Counted = { readonly columns: readonly Column[]; readonly features: readonly BinnedFeature[] };

async function fill(
  db: Database,
  place: Place,
  { columns, features, startMs }: Counted & { startMs: number },
): Promise<void> {
  const draw = drawer(traffic);
  for (let day = 0; day < 15; day += 1) {
    const hours = Array.from({ length: 24 }, (_, hour) => day * 24 + hour);
    await add(
      db,
      place,
      columns.flatMap((column, index) =>
        hours.map(
          (hour): ContributionPart => ({
            binningId: place.binningId,
            revisionId: place.revisionId,
            featureId: features[index]?.featureId ?? '',
            segment: '',
            finest: 'hour',
            windowMs: startMs + hour * hourMs,
            counters: draw({ column, hour, shift: noShift }),
          }),
        ),
      ),
    );
  }
}

async function reevaluate(
  db: Database,
  { serviceId, binningId }: Place,
  { features, startMs }: { features: readonly BinnedFeature[]; startMs: number },
): Promise<void> {
  const range = async (week: number) => {
    const fromMs = startMs + (week * weekHours + offHours) * hourMs;
    return await readCounters(db, {
      serviceId,
      binningId,
      from: new Date(fromMs),
      to: new Date(fromMs + weekHours * hourMs),
    });
  };
  const [before, after] = [await range(0), await range(1)];
  const windows = features.map(({ featureId, binning }) => {
    const [reference, current] = [before.get(featureId), after.get(featureId)];
    if (reference === undefined || current === undefined) throw new Error('A feature has no counters.');
    if (driftStatistics(binning, { reference, current }).psi === null)
      throw new Error('A feature has no rows.');
    return { featureId, binning, reference, current, dispersions: {} };
  });
  if (judgeWindow(windows).length === 0) throw new Error('Nothing was judged.');
}

/** Rows of a day as a client sends them, 600 a batch: read, counted, packed as they are stored, and added to the counters. */
async function ingestDay(db: Database, place: Place, { columns, features }: Counted): Promise<number> {
  const plan = countingPlan(
    [{ binningId: place.binningId, features: features.map((feature) => ({ ...feature, aliases: [] })) }],
    { passed: [], cloakOf: () => null },
  );
  const nowMs = Date.now();
  const startMs = Math.floor(nowMs / hourMs) * hourMs - 24 * hourMs;
  let seconds = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    const body = JSON.stringify(sentRows(columns, hour, startMs + hour * hourMs));
    seconds += await cpuOf(db, async () => {
      const { parts, rejected } = countRows(plan, JSON.parse(body) as unknown[], {
        revisionId: place.revisionId,
        nowMs,
      });
      if (rejected.length > 0) throw new Error('A row was rejected.');
      await add(db, place, unpackContribution(packContribution(parts)));
    });
  }
  return seconds;
}

function sentRows(columns: readonly Column[], hour: number, hourStartMs: number): unknown[] {
  const values = columns.map((column) => rawRows(traffic, { column, hour, shift: noShift }));
  return Array.from({ length: traffic.rows.count }, (_, row) => ({
    ts: new Date(hourStartMs + (row % 12) * 300_000).toISOString(),
    f: Object.fromEntries(
      columns.map(({ index, ends }, at) => {
        const value = values[at]?.[row] ?? Number.NaN;
        return [`f${index}`, Number.isNaN(value) ? null : ends === null ? value : `c${value}`];
      }),
    ),
  }));
}

/** CPU seconds of this process and of all of Postgres while something ran. */
async function cpuOf(db: Database, run: () => Promise<unknown>): Promise<number> {
  const { rows } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const parent = (await statOf(String(rows[0]?.pid)))?.parent ?? '';
  const before = await postgresSeconds(parent);
  const used = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1e6 + (await postgresSeconds(parent)) - before;
}

const ticksPerSecond = 100;

async function postgresSeconds(postmaster: string): Promise<number> {
  let ticks = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await statOf(pid);
    if (stat === null || (stat.parent !== postmaster && pid !== postmaster)) continue;
    ticks += stat.ticks + (pid === postmaster ? stat.childTicks : 0);
  }
  return ticks / ticksPerSecond;
}

/** Null for a process that has ended. Fields: proc(5), counted after the name in brackets. */
async function statOf(pid: string): Promise<{ parent: string; ticks: number; childTicks: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number) => Number(fields[index] ?? 0);
  return { parent: fields[1] ?? '', ticks: at(11) + at(12), childTicks: at(13) + at(14) };
}
