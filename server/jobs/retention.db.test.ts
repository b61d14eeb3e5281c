import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { forgetEnded } from './retention.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

/** What is in the tables, by the words that the rows below are marked with. */
async function left(): Promise<string[]> {
  const { rows } = await test.db.execute<{ name: string }>(sql`
    select payload->>'name' as name from cluster_request
    union all select 'interval ' || requests from metric_interval
    union all select key from rate_window
    union all select key from idempotency
    union all select id_hash from session
    union all select secret_hash from sign_in_link
    union all select recipient from delivery
    union all select dedup_key from notice
    union all select question->>'name' from log_stream
    union all select text from log_chunk
    union all select state_hash from sign_in_flow
    order by 1`);
  return rows.map((row) => row.name);
}

async function insertRows(): Promise<void> {
  const { projectId, serviceId, clusterId } = fixture;
  const userId = fixture.people.viewer.id;
  const channelId = newId();
  await test.db.execute(sql`
    insert into cluster_request (id, cluster_id, kind, payload, requested_at, answered_at)
    select gen_random_uuid(), ${clusterId}, 'probe', jsonb_build_object('name', name), now() - age, answered
    from (values ('request kept', interval '23 hours', now()), ('request answered', interval '25 hours', now()),
                 ('request unanswered', interval '25 hours', null)) as r (name, age, answered)`);
  await test.db.execute(sql`
    insert into metric_interval (project_id, service_id, revision_number, interval_end, interval_ms, requests, errors, buckets, pod_count)
    select ${projectId}, ${serviceId}, 1, now() - interval '1 day' * day, 60000, day, 0, '{}', 1 from generate_series(27, 34) day`);
  await test.db.execute(sql`
    insert into rate_window values ('window kept', now() - interval '23 hours', 1), ('window old', now() - interval '25 hours', 1)`);
  await test.db.execute(sql`
    insert into idempotency (principal_id, permission, key, input_hash, expires_at)
    values (${userId}, 'models.create', 'key kept', 'x', now() + interval '1 hour'), (${userId}, 'models.create', 'key old', 'x', now() - interval '1 second')`);
  await test.db.execute(sql`
    insert into session (id_hash, user_id, created_at, last_seen_at, expires_at)
    values ('session kept', ${userId}, now(), now() - interval '11 hours', now() + interval '1 day'),
           ('session idle', ${userId}, now(), now() - interval '13 hours', now() + interval '1 day'),
           ('session old', ${userId}, now(), now(), now() - interval '1 second')`);
  await test.db.execute(sql`
    insert into channel (id, project_id, name, kind, target, rules, created_at, created_by)
    values (${channelId}, ${projectId}, 'c', 'slack', '{}', '{}', now(), ${userId})`);
  await test.db.execute(sql`
    insert into notice (id, project_id, kind, severity, params, object_kind, object_id, dedup_key, open_key, began_at, origin)
    select gen_random_uuid(), ${projectId}, kind, 'low', '{}', 'service', 'x', key, open, now() - age, 'live'
    from (values ('notice kept', 'finished', 'f', interval '399 days'), ('notice old', 'finished', 'o', interval '401 days'),
                 ('notice over', 'held', null, interval '401 days'), ('notice lasts', 'held', 'h', interval '401 days'),
                 ('notice told', 'finished', 't', interval '401 days')) as n (key, kind, open, age)`);
  await test.db.execute(sql`
    insert into delivery (id, project_id, notice_id, channel_id, recipient, part, state, due_at, created_at)
    select gen_random_uuid(), ${projectId}, notice.id, ${channelId}, name, 'begin', state, now(), now() - age
    from notice, (values ('delivery kept', 'sent', interval '89 days'), ('delivery old', 'sent', interval '91 days'),
                         ('delivery waits', 'waiting', interval '91 days')) as d (name, state, age)
    where dedup_key = 'notice told'`);
  await test.db.execute(sql`
    insert into sign_in_link (secret_hash, user_id, purpose, expires_at, used_at)
    values ('link kept', ${userId}, 'signIn', now() + interval '1 hour', null), ('link used', ${userId}, 'signIn', now() + interval '1 hour', now()),
           ('link old', ${userId}, 'signIn', now() - interval '1 second', null)`);
  await test.db.execute(sql`
    insert into log_stream (id, project_id, service_id, cluster_id, principal_id, question, asked_at, read_at, ended_at)
    select gen_random_uuid(), ${projectId}, ${serviceId}, ${clusterId}, ${userId}, jsonb_build_object('name', name), now() - asked, now() - read, ended
    from (values ('log kept', interval '1 hour', interval '9 minutes', now()), ('log read', interval '23 hours', interval '1 second', null),
                 ('log ended', interval '1 hour', interval '11 minutes', now()), ('log lost', interval '25 hours', interval '25 hours', null)) as r (name, asked, read, ended)`);
  await test.db.execute(sql`
    insert into log_chunk select id, 1, 'lines of ' || (question->>'name') from log_stream`);
  await test.db.execute(sql`
    insert into sign_in_flow (id, state_hash, browser_hash, provider_id, nonce, code_verifier, return_to, expires_at)
    select gen_random_uuid(), name, 'b', gen_random_uuid(), 'n', 'v', '/', now() - age
    from (values ('flow kept', interval '59 minutes'), ('flow old', interval '61 minutes')) as r (name, age)`);
}

it('deletes what has ended, also over several batches, and nothing that still counts', async () => {
  await insertRows();
  const forgotten = await forgetEnded(test.db, 2);
  expect(Object.fromEntries([...forgotten].filter(([, count]) => count > 0))).toEqual({
    cluster_request: 2,
    log_stream: 2,
    metric_interval: 5,
    delivery: 1,
    notice: 2,
    rate_window: 1,
    idempotency: 1,
    session: 2,
    sign_in_flow: 1,
    sign_in_link: 1,
  });
  expect(await left()).toEqual([
    'delivery kept',
    'delivery waits',
    'flow kept',
    'interval 27',
    'interval 28',
    'interval 29',
    'key kept',
    'lines of log kept',
    'lines of log read',
    'link kept',
    'link used',
    'log kept',
    'log read',
    'notice kept',
    'notice lasts',
    'notice told',
    'request kept',
    'session kept',
    'window kept',
  ]);
  expect(new Set((await forgetEnded(test.db)).values())).toEqual(new Set([0]));
});
