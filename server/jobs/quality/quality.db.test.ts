import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validationResult } from '../../../db/schema/data-quality.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { notice } from '../../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { markDriftAlert } from '../../drift-alerts/mark.ts';
import { listDriftAlerts } from '../../drift-alerts/queries.ts';
import { takeValidation } from '../../ingest/take-validation.ts';
import { ProjectFixture, refusalOf } from '../../test-fixture.ts';
import { followValidations } from './follow-due.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const now = Date.now();
const minute = 60_000;

const result = (success: boolean) => ({
  success,
  expectation_config: { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'amount' } },
  result: success ? {} : { unexpected_percent: 12.5, partial_unexpected_list: ['Ada Lovelace'] },
});

/** A run so many minutes ago. */
const run = (id: string, minutesAgo: number, failing: boolean, suite = 'payments') =>
  Buffer.from(
    JSON.stringify({
      success: !failing,
      suite_name: suite,
      id,
      results: [result(true), result(!failing)],
      meta: { validation_time: new Date(now - minutesAgo * minute).toISOString() },
    }),
  );

const send = async (body: Buffer) => {
  const answer = await takeValidation(test.db, fixture.serviceId, body);
  await followValidations(test.db);
  return answer;
};
const alerts = async () =>
  (await listDriftAlerts(fixture.as('viewer'), { projectId: fixture.projectId })).rows.map(
    ({ kind, state, sentence }) => [kind, state, sentence],
  );

describe('runs of a suite', () => {
  it('open one alert with the first that fails, which two that succeed close; none counts twice', async () => {
    await send(run('old', 2_000, true));
    expect(await alerts()).toEqual([]);
    await send(run('a', 60, false));
    expect(await alerts()).toEqual([]);
    expect(await send(run('b', 50, true))).toEqual({
      duplicate: false,
      suite: 'payments',
      evaluated: 2,
      failed: 1,
    });
    const sentence =
      '1 of 2 expectations of the suite payments failed, such as expect_column_values_to_not_be_null of amount: 12.5 % unexpected.';
    expect(await alerts()).toEqual([['dataQuality', 'open', sentence]]);
    expect((await send(run('b', 50, true))).duplicate).toBe(true);
    expect((await refusalOf(send(run('b', 50, false)))).code).toBe('conflict');
    await send(run('c', 40, false));
    expect((await alerts())[0]?.[1]).toBe('open');
    await send(run('late', 45, true));
    await send(run('d', 30, false));
    expect(await alerts()).toEqual([['dataQuality', 'cleared', sentence]]);
    const notices = await test.db.select().from(notice).where(eq(notice.kind, 'badData'));
    expect(notices.map(({ endedAt }) => endedAt !== null)).toEqual([true]);
  });

  it('of several suites are one alert, which people mark like any other', async () => {
    await send(run('e', 20, true, 'people'));
    await send(run('f', 19, true));
    const [row] = await test.db.select().from(driftAlert).where(eq(driftAlert.state, 'open'));
    expect((await alerts())[0]?.[2]).toMatch(/; 1 other suite failed too\.$/);
    await markDriftAlert(fixture.as('engineer'), { alertId: row?.id ?? '', mark: { kind: 'dataFault' } });
    expect((await alerts())[0]?.[1]).toBe('dataFault');
  });

  it('keep no value of a row, and none of the future is taken', async () => {
    expect(JSON.stringify(await test.db.select().from(validationResult))).not.toContain('Lovelace');
    expect((await refusalOf(send(run('g', -60, true)))).params).toEqual({ field: 'meta.validation_time' });
    const broken = takeValidation(test.db, fixture.serviceId, Buffer.from('{"success": true}'));
    expect((await refusalOf(broken)).code).toBe('invalidInput');
  });
});
