import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { validationRun, validationSchema } from '../../domain/quality/validation.ts';
import { DomainError } from '../../domain/refusal.ts';
import { databaseClock } from '../clock.ts';
import { sha256 } from '../digest.ts';
import { newId } from '../id.ts';
import { parseInput } from '../parse-input.ts';
import { jsonOf } from './json-of.ts';

/** What a sender is told of its run. */
export type ValidationAnswer = {
  /** It was stored before and changed nothing now. */
  readonly duplicate: boolean;
  readonly suite: string;
  readonly evaluated: number;
  readonly failed: number;
};

/** A clock of a sender that is so far ahead would keep its suite from being judged by what comes after. */
const earliestMs = 600_000;

/**
 * Stores one run of a suite, once: the same run again changes nothing, another content under its id is refused. No value of
 * any row is kept.
 */
export async function takeValidation(
  db: Database,
  serviceId: string,
  body: Buffer,
): Promise<ValidationAnswer> {
  const run = validationRun(parseInput(validationSchema, jsonOf(body)));
  const digest = sha256(body);
  const now = await databaseClock(db);
  const ranAt = run.ranAt ?? now;
  if (ranAt.getTime() > now.getTime() + earliestMs)
    throw new DomainError({
      code: 'invalidInput',
      message: 'meta.validation_time: The run is of the future.',
      params: { field: 'meta.validation_time' },
      fix: 'Set the clock of the machine that validates.',
    });
  const { suite, evaluated, failed, failing } = run;
  const runKey = run.runKey ?? digest;
  const { rowCount } = await db.execute(sql`
    insert into validation_result
      (id, project_id, service_id, suite, run_key, sha256, ran_at, received_at, evaluated, failed, failing)
    select ${newId()}, project_id, id, ${suite}, ${runKey}, ${digest}, ${ranAt.toISOString()}::timestamptz,
      ${now.toISOString()}::timestamptz, ${evaluated}, ${failed}, ${JSON.stringify(failing)}::jsonb
    from service where id = ${serviceId}
    on conflict (service_id, suite, run_key) do nothing`);
  const duplicate = (rowCount ?? 0) === 0;
  if (duplicate) await refuseOther(db, { serviceId, suite, runKey, digest });
  return { duplicate, suite, evaluated, failed };
}

type Stored = { serviceId: string; suite: string; runKey: string; digest: string };

async function refuseOther(db: Database, { serviceId, suite, runKey, digest }: Stored): Promise<void> {
  const { rows } = await db.execute<{ sha256: string }>(sql`
    select sha256 from validation_result
    where service_id = ${serviceId} and suite = ${suite} and run_key = ${runKey}`);
  if (rows[0]?.sha256 === digest) return;
  throw new DomainError({
    code: 'conflict',
    message: `The run ${runKey} of the suite ${suite} was sent before with another content; this one was not stored.`,
    fix: 'Give every run an id of its own, and repeat one only as it was.',
  });
}
