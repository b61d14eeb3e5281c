import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { noticeManners } from '../../domain/notice.ts';
import { noticeKinds } from '../../domain/notice-kind.ts';
import { keptKeys } from '../../domain/queries/patterns.ts';
import { databaseClock } from '../clock.ts';
import { log } from '../log.ts';
import { historySource } from '../rows/history-fills.ts';

import { forgetIntervals } from './interval-retention.ts';

const everyMs = 3_600_000;
const batchSize = 1_000;
/** Of one table and round: what is left waits for the next hour. */
const mostBatches = 200;

/** Of these, an open one still lasts, however old. */
const lastingKinds = noticeKinds.filter((kind) => noticeManners[kind].lasts);

type Kind = { readonly table: string; readonly ended: SQL };

/** Rows that nothing reads any more, oldest limits first to last; intent, evidence and audit are never among them. */
const kinds: readonly Kind[] = [
  // Whoever asked waited ten seconds, so one that nobody answered is as dead as an answered one.
  {
    table: 'cluster_request',
    ended: sql`select ctid from cluster_request where requested_at < clock_timestamp() - interval '1 day'`,
  },
  // Its chunks go with it; a page that still reads has read within the last minute.
  {
    table: 'log_stream',
    ended: sql`
      select ctid from log_stream
      where ended_at is not null and read_at < clock_timestamp() - interval '10 minutes'
        or asked_at < clock_timestamp() - interval '1 day'`,
  },
  // By service, because the index begins with it.
  {
    table: 'metric_interval',
    ended: sql`
      select old.ctid from service cross join lateral (
        select ctid from metric_interval m
        where m.service_id = service.id and m.interval_end < clock_timestamp() - interval '30 days'
        limit ${batchSize}) old`,
  },
  {
    table: 'metric_hour',
    ended: sql`select ctid from metric_hour where hour_end < clock_timestamp() - interval '30 days'`,
  },
  {
    table: 'revision_hour',
    ended: sql`select ctid from revision_hour where hour_end < clock_timestamp() - interval '400 days'`,
  },
  {
    table: 'chart_sample',
    ended: sql`select ctid from chart_sample where at < clock_timestamp() - interval '8 days'`,
  },
  {
    table: 'chart_sample_hour',
    ended: sql`select ctid from chart_sample_hour where hour_end < clock_timestamp() - interval '400 days'`,
  },
  {
    table: 'template_chart',
    ended: sql`select ctid from template_chart where wanted_at < clock_timestamp() - interval '400 days'`,
  },
  {
    table: 'delivery',
    ended: sql`
      select ctid from delivery
      where created_at < clock_timestamp() - interval '90 days' and state not in ('waiting', 'sending')`,
  },
  {
    table: 'notice',
    ended: sql`
      select n.ctid from notice n
      where n.began_at < clock_timestamp() - interval '400 days' and n.route_at is null
        and (n.open_key is null or n.kind <> all(${sql.param(lastingKinds)}::text[]))
        and not exists (select from delivery d where d.project_id = n.project_id and d.notice_id = n.id)`,
  },
  // Of an older batch every row would be refused, so nothing is counted twice when it is sent again; history has any age.
  {
    table: 'ingest_batch',
    ended: sql`
      select ctid from ingest_batch
      where received_at < clock_timestamp() - interval '8 days' and folded_at is not null
        and not starts_with(source, ${historySource})`,
  },
  {
    table: 'prediction_key',
    ended: sql`select ctid from prediction_key where ends_at <= clock_timestamp()`,
  },
  {
    table: 'prediction_key_hour',
    ended: sql`select ctid from prediction_key_hour where ends_at <= clock_timestamp()`,
  },
  {
    table: 'validation_result',
    ended: sql`
      select ctid from validation_result
      where received_at < clock_timestamp() - interval '90 days' and followed_at is not null`,
  },
  // Of an hour that is over only its busiest clients are kept; an hour is counted a little after its end too.
  {
    table: 'query_pattern',
    ended: sql`
      select old.ctid from (
        select ctid, hour_start,
          row_number() over (partition by service_id, hour_start order by rows desc, key) as place
        from query_pattern) old
      where old.hour_start < clock_timestamp() - interval '7 days'
        or old.place > ${keptKeys} and old.hour_start < clock_timestamp() - interval '2 hours'`,
  },
  // Of the last day what never came is estimated.
  {
    table: 'ingest_event_hour',
    ended: sql`select ctid from ingest_event_hour where hour_start < clock_timestamp() - interval '8 days'`,
  },
  {
    table: 'drift_reservoir',
    ended: sql`select ctid from drift_reservoir where received_at < clock_timestamp() - interval '23 hours'`,
  },
  {
    table: 'share_opening',
    ended: sql`select ctid from share_opening where day < (clock_timestamp() - interval '400 days')::date`,
  },
  {
    table: 'rate_window',
    ended: sql`select ctid from rate_window where window_start < clock_timestamp() - interval '1 day'`,
  },
  {
    table: 'idempotency',
    ended: sql`select ctid from idempotency where expires_at < clock_timestamp()`,
  },
  {
    table: 'session',
    ended: sql`
      select ctid from session
      where expires_at < clock_timestamp() or last_seen_at < clock_timestamp() - interval '12 hours'`,
  },
  {
    table: 'sign_in_flow',
    ended: sql`select ctid from sign_in_flow where expires_at < clock_timestamp() - interval '1 hour'`,
  },
  {
    table: 'sign_in_link',
    ended: sql`select ctid from sign_in_link where expires_at < clock_timestamp()`,
  },
];

/** Deletes what has ended, a batch per statement so that no lock is held for long; returns the counts by table. */
export async function forgetEnded(db: Database, batch = batchSize): Promise<Map<string, number>> {
  const forgotten = new Map<string, number>();
  for (const { table, ended } of kinds) {
    let total = 0;
    for (let round = 0; round < mostBatches; round += 1) {
      const { rowCount } = await db.execute(sql`
        delete from ${sql.identifier(table)} where ctid = any(array(${ended} limit ${batch}))`);
      total += rowCount ?? 0;
      if ((rowCount ?? 0) < batch) break;
    }
    forgotten.set(table, total);
  }
  return forgotten;
}

/** Forgets at the start and every hour until `close`; a failed round is tried again an hour later. */
export function startRetention(db: Database, intervalsKeptDays: number): { close(): Promise<void> } {
  let running = Promise.resolve();
  const run = () => {
    running = running.then(() => forgetAndTell(db, intervalsKeptDays));
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

async function forgetAndTell(db: Database, keptDays: number): Promise<void> {
  try {
    const intervals = await forgetIntervals(db, { keptDays, now: await databaseClock(db) });
    const forgotten = { intervals, ...Object.fromEntries(await forgetEnded(db)) };
    if (Object.values(forgotten).some((count) => count > 0))
      log.info({ forgotten }, 'Old rows were deleted.');
  } catch (error) {
    log.error({ error }, 'Old rows could not be deleted; it is tried again in an hour.');
  }
}
