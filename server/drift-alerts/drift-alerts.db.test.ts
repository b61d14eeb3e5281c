import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftAlert } from '../../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { DriftFixture } from '../drift-fixture.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { markDriftAlert } from './mark.ts';
import { getDriftAlert, listDriftAlerts } from './queries.ts';

const begin = new Date('2026-11-23T08:00:00Z');
const at = (hours: number) => new Date(begin.getTime() + hours * 3_600_000);

let test: TestDatabase;
let fixture: ProjectFixture;
let drift: DriftFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => at(3);
  drift = await DriftFixture.create(fixture, begin);
});
afterAll(() => test.drop());

/** An alert of a service of its own kind; one of a kind lasts at a time. */
async function alert(
  state: 'open' | 'acknowledged' = 'open',
  clearedAt: Date | null = null,
): Promise<string> {
  await test.db.update(driftAlert).set({ clearedAt: at(0) });
  const id = newId();
  const [amount] = drift.features;
  const { projectId } = fixture;
  const features = [
    {
      featureId: amount?.featureId ?? '',
      name: 'amount',
      test: 'distribution',
      driftedMs: at(1).getTime(),
      openedMs: at(2).getTime(),
      clearedMs: null,
      effect: 0.31,
      limit: 0.1,
      severe: true,
    },
  ];
  await test.db.insert(driftAlert).values({
    id,
    projectId,
    serviceId: drift.serviceId,
    kind: 'drift',
    state,
    facts: { schema: 1, of: 'features', windowLength: 'hour', features },
    fromAt: at(0),
    openedAt: at(2),
    stateAt: at(2),
    clearedAt,
  });
  return id;
}

const stateOf = async (id: string) =>
  (await test.db.select().from(driftAlert).where(eq(driftAlert.id, id)))[0];

describe('an alert', () => {
  it('shows what drifted in one sentence, whether predictions did, and which rollouts ran before', async () => {
    const alertId = await alert();
    const shown = await getDriftAlert(fixture.as('viewer'), { alertId });
    expect(shown.alert.sentence).toBe('amount drifted: its distribution moved by PSI 0.31.');
    expect(shown.features).toEqual([{ featureId: drift.features[0]?.featureId, role: 'input' }]);
    expect(shown.rolloutsBefore).toEqual([]);
    expect(shown.refusals.acknowledged?.code).toBe('forbidden');
    expect((await getDriftAlert(fixture.as('engineer'), { alertId })).refusals.acknowledged).toBeNull();
  });

  it('is listed before those that have cleared', async () => {
    const lasting = await alert();
    const { rows, total } = await listDriftAlerts(fixture.as('viewer'), { projectId: fixture.projectId });
    expect([rows[0]?.id, total]).toEqual([lasting, rows.length]);
    const open = await listDriftAlerts(fixture.as('viewer'), {
      projectId: fixture.projectId,
      filter: 'lasting',
    });
    expect(open.rows.map(({ id }) => id)).toEqual([lasting]);
  });

  it('of another project is not found', async () => {
    const alertId = await alert();
    const call = getDriftAlert(fixture.as('stranger'), { alertId });
    expect((await refusalOf(call)).code).toBe('notFound');
    const list = listDriftAlerts(fixture.as('stranger'), { projectId: fixture.projectId });
    expect((await refusalOf(list)).code).toBe('notFound');
  });
});

describe('marking an alert', () => {
  it('keeps who said what, with the comment, and is on the timelines of alert and service', async () => {
    const alertId = await alert();
    await markDriftAlert(fixture.as('engineer'), {
      alertId,
      mark: { kind: 'dataFault' },
      comment: 'unit changed',
    });
    expect(await stateOf(alertId)).toMatchObject({
      state: 'dataFault',
      stateBy: fixture.people.engineer.id,
      comment: 'unit changed',
    });
    expect((await fixture.auditOf(alertId)).map(({ action, sentence }) => [action, sentence])).toEqual([
      ['driftAlerts.mark', expect.stringMatching(/^called a data fault the drift alert of s-.* in staging$/)],
    ]);
  });

  it('that it has already is refused, and a viewer and a stranger may not', async () => {
    const alertId = await alert('acknowledged');
    const mark = { kind: 'acknowledged' } as const;
    expect((await refusalOf(markDriftAlert(fixture.as('engineer'), { alertId, mark }))).code).toBe(
      'conflict',
    );
    expect((await refusalOf(markDriftAlert(fixture.as('viewer'), { alertId, mark }))).code).toBe('forbidden');
    expect((await refusalOf(markDriftAlert(fixture.as('stranger'), { alertId, mark }))).code).toBe(
      'notFound',
    );
    expect(await fixture.auditOf(alertId)).toEqual([]);
  });

  it('as expected or snoozed needs an end, and leaves a snoozed one in its state', async () => {
    const alertId = await alert('acknowledged');
    const past = { kind: 'snoozed', until: at(2) } as const;
    expect((await refusalOf(markDriftAlert(fixture.as('engineer'), { alertId, mark: past }))).code).toBe(
      'invalidInput',
    );
    await markDriftAlert(fixture.as('engineer'), { alertId, mark: { kind: 'snoozed', until: at(9) } });
    expect(await stateOf(alertId)).toMatchObject({ state: 'acknowledged', snoozedUntil: at(9) });
    await markDriftAlert(fixture.as('engineer'), { alertId, mark: { kind: 'expected', until: at(9) } });
    expect(await stateOf(alertId)).toMatchObject({
      state: 'expected',
      expectedUntil: at(9),
      snoozedUntil: null,
    });
  });
});
