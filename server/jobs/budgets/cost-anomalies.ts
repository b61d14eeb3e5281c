import { eq } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { project } from '../../../db/schema/identity.ts';
import { type Anomaly, type AnomalyRules, anomalyOf } from '../../../domain/budget/anomaly.ts';
import { amountText, gpuHour } from '../../../domain/budget/budget-words.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import { emitNotice, type When } from '../../notice.ts';
import { type DayRow, daySpend } from '../../rows/day-spend.ts';
import { noticePlace } from '../../rows/rollout-notices.ts';

const dayMs = 86_400_000;
const everyMs = 3_600_000;
/** The last hour of a day is sealed ten minutes after its end. */
const settledMs = 30 * 60_000;
const measure = { unit: 'gpuHours', currency: null } as const;

/** A difference of less than a GPU for a day is told to nobody. */
const rules: AnomalyRules = { least: 24n * gpuHour, overPercent: 50 };
const ruleText = `${rules.overPercent} % and ${amountText(rules.least, measure)}`;

/**
 * Tells each project and service whose GPU time of yesterday (UTC) was unusually much for that weekday, once; answers how
 * many. Nothing before the day is sealed.
 */
export async function tellAnomalies(db: Database, when: Partial<When> = {}): Promise<number> {
  const now = when.now ?? (await databaseClock(db));
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  if (now.getTime() < today + settledMs) return 0;
  const days = [1, 8, 15, 22, 29].map((ago) => new Date(today - ago * dayMs).toISOString().slice(0, 10));
  return await transaction(db, async (tx) => {
    const found = anomaliesOf(await daySpend(tx, days), days);
    let told = 0;
    for (const one of found)
      if (await tell(tx, { ...one, day: days[0] ?? '' }, { now, origin: when.origin ?? 'live' })) told += 1;
    return told;
  });
}

type Found = {
  readonly projectId: string;
  /** Null for the project as a whole. */
  readonly serviceId: string | null;
  readonly anomaly: Anomaly;
};

/** Of services and of projects as a whole; a weekday on which nothing was metered anywhere is no zero. */
function anomaliesOf(rows: readonly DayRow[], days: readonly string[]): Found[] {
  const metered = new Set(rows.map(({ day }) => day));
  const subjects = new Map<
    string,
    { projectId: string; serviceId: string | null; days: Map<string, bigint> }
  >();
  const count = (row: DayRow, projectId: string, serviceId: string | null) => {
    const key = `${projectId} ${serviceId}`;
    const subject = subjects.get(key) ?? { projectId, serviceId, days: new Map<string, bigint>() };
    subject.days.set(row.day, (subject.days.get(row.day) ?? 0n) + row.quantity);
    subjects.set(key, subject);
  };
  for (const row of rows) {
    if (row.projectId === null) continue;
    count(row, row.projectId, null);
    if (row.serviceId !== null) count(row, row.projectId, row.serviceId);
  }
  const [yesterday = '', ...weeks] = days;
  return [...subjects.values()].flatMap(({ projectId, serviceId, days: spent }) => {
    const anomaly = anomalyOf(
      {
        yesterday: spent.get(yesterday) ?? 0n,
        weeks: weeks.map((day) => (metered.has(day) ? (spent.get(day) ?? 0n) : null)),
      },
      rules,
    );
    return anomaly === null ? [] : [{ projectId, serviceId, anomaly }];
  });
}

async function tell(tx: Transaction, found: Found & { day: string }, when: When): Promise<boolean> {
  const { projectId, serviceId, anomaly, day } = found;
  const notice = {
    kind: 'costAnomaly',
    subject: await subjectName(tx, found),
    day,
    yesterday: amountText(anomaly.yesterday, measure),
    usual: amountText(anomaly.usual, measure),
    rule: ruleText,
  } as const;
  const object =
    serviceId === null
      ? { kind: 'project' as const, id: projectId }
      : { kind: 'service' as const, id: serviceId };
  const dedupKey = `costAnomaly:${serviceId ?? projectId}:${day}`;
  return (await emitNotice(tx, { projectId, notice, object, serviceId, dedupKey }, when)) !== null;
}

async function subjectName(tx: Transaction, { projectId, serviceId }: Found): Promise<string> {
  if (serviceId !== null) {
    const { service, environment } = await noticePlace(tx, serviceId);
    return `${service} in ${environment}`;
  }
  const [row] = await tx.select({ name: project.name }).from(project).where(eq(project.id, projectId));
  return `The project ${row?.name ?? ''}`;
}

/** Looks every hour until `close`; a notice of the same day is never written twice. */
export function startCostAnomalies(db: Database): { close(): Promise<void> } {
  let running = Promise.resolve();
  const run = () => {
    running = running.then(async () => {
      await tellAnomalies(db).catch((error: unknown) =>
        log.error({ error }, 'Unusual costs could not be looked for; it is tried again.'),
      );
    });
  };
  run();
  const timer = setInterval(run, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
