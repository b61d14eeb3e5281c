import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { transaction } from '../../db/client.ts';
import { notice as noticeTable } from '../../db/schema/notices.ts';
import { reportSchedule } from '../../db/schema/reports.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Notice } from '../../domain/notice.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { listAudit } from '../audit/queries.ts';
import { newId } from '../id.ts';
import { OutboxWorld } from '../jobs/delivery/outbox-fixture.ts';
import { MailReceiver } from '../jobs/delivery/receivers.test-support.ts';
import { sendDueReports } from '../jobs/reports.ts';
import { log } from '../log.ts';
import { emitNotice } from '../notice.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { sendReportNow, setReports } from './commands.ts';
import { getReports, previewReport } from './queries.ts';

let test: TestDatabase;
let world: OutboxWorld;
let projectId: string;
const closers: (() => Promise<void>)[] = [];
const place = { service: '<b>scoring</b>', environment: 'production', production: true };
const finished: Notice = {
  kind: 'finished',
  ...place,
  version: 'fraud 7',
  revision: 4,
  tookMs: 3_600_000,
  requests: 1_200,
};
const schedule = { weekday: 1, hour: 8, timeZone: 'Europe/Berlin' };
const due = new Date('2030-01-07T07:00:00Z');
const at = (ms: number) => new Date(due.getTime() + ms);

beforeAll(async () => {
  log.level = 'silent';
  test = await testDatabase();
  world = await OutboxWorld.create(test.db);
  ({ projectId } = world.fixture);
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await test.db.execute(sql`truncate delivery, notice, channel, report_schedule`);
});
afterAll(() => test.drop());

async function happened(notice: Notice, began: Date) {
  const object = { kind: 'service', id: world.fixture.serviceId } as const;
  const draft = { projectId, notice, object, serviceId: null, dedupKey: newId() };
  // What the demo tells is on record at its own time and is sent to nobody.
  await transaction(test.db, (tx) => emitNotice(tx, draft, { now: began, origin: 'demo' }));
}

async function reports() {
  return await test.db.select().from(noticeTable).where(eq(noticeTable.kind, 'weeklyReport'));
}

async function setLongAgo() {
  await setReports(world.fixture.as('admin'), { projectId, schedule });
}

describe('the weekly report', () => {
  it('is set and sent by admins of its project alone, on the record', async () => {
    const { fixture } = world;
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(setReports(fixture.as('viewer'), { projectId, schedule }))).code).toBe(
      'forbidden',
    );
    expect((await refusalOf(sendReportNow(other.as('admin'), { projectId }))).code).toBe('notFound');
    expect((await refusalOf(previewReport(other.as('viewer'), { projectId }))).code).toBe('notFound');
    await setLongAgo();
    expect(await getReports(fixture.as('viewer'), { projectId })).toMatchObject({ schedule, last: null });
    const { noticeId } = await sendReportNow(fixture.as('admin'), { projectId });
    await setReports(fixture.as('admin'), { projectId, schedule: null });
    expect(await getReports(fixture.as('viewer'), { projectId })).toMatchObject({
      schedule: null,
      nextAt: null,
      last: { id: noticeId },
    });
    expect((await fixture.auditOf(projectId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['reports.set', 'reports.sendNow']),
    );
  });

  it('goes out once in its week, however many workers look and however often', async () => {
    await setLongAgo();
    expect(await sendDueReports(test.db, at(-1))).toBe(0);
    const sent = await Promise.all([0, 1, 2].map((ms) => sendDueReports(test.db, at(ms))));
    expect(sent.reduce((sum, each) => sum + each)).toBe(1);
    expect(await sendDueReports(test.db, at(3_600_000))).toBe(0);
    // Another day of the same week is no second report.
    await test.db.update(reportSchedule).set({ weekday: 2 });
    expect(await sendDueReports(test.db, at(25 * 3_600_000))).toBe(0);
    expect(await sendDueReports(test.db, at((7 * 24 + 25) * 3_600_000))).toBe(1);
    expect(await reports()).toHaveLength(2);
    // On the record as the system's own, once for each that went out.
    const audit = await listAudit(world.fixture.as('viewer'), { projectId, action: 'reports.send' });
    expect(audit.items.map(({ actorId, sentence }) => [actorId, sentence])).toEqual([
      [systemPrincipal.id, 'sent the weekly report of 2030-01-08 to 2030-01-15'],
      [systemPrincipal.id, 'sent the weekly report of 2029-12-31 to 2030-01-07'],
    ]);
  });

  it('is left out when it was set after it was due, or when no worker came for two days', async () => {
    await setLongAgo();
    expect(await sendDueReports(test.db, at(49 * 3_600_000))).toBe(0);
    await test.db.update(reportSchedule).set({ setAt: at(1) });
    expect(await sendDueReports(test.db, at(60_000))).toBe(0);
  });

  it('tells what changed in its seven days, of this project and no other, and nothing of before', async () => {
    await happened(finished, at(-3_600_000));
    await happened({ ...finished, version: 'fraud 8' }, at(-2 * 86_400_000));
    await happened({ ...finished, version: 'too old' }, at(-8 * 86_400_000));
    await setLongAgo();
    await sendDueReports(test.db, at(0));
    const [row] = await reports();
    const text = JSON.stringify(row?.params);
    expect(text).toContain('"headline":"2 rollouts finished"');
    expect(text).toMatch(/fraud 8.*fraud 7/);
    expect(text).toContain('Compared with the week before');
    expect(text).not.toContain('too old');
  });

  it('comes by e-mail as text and as HTML in which no name is markup, and not to a system that keeps things open', async () => {
    await happened(finished, new Date(Date.now() - 3_600_000));
    const server = await MailReceiver.open();
    closers.push(
      () => server.close(),
      () => world.close(),
    );
    const smtp = { kind: 'smtp', host: '127.0.0.1', port: server.port, security: 'none' } as const;
    await world.channel({ ...smtp, username: '', from: 'fairlead@example.test', to: ['team@example.test'] });
    await world.channel(
      { kind: 'webhook', format: 'pagerduty', url: 'http://127.0.0.1:9/' },
      { secret: 'routing' },
    );
    await sendReportNow(world.fixture.as('admin'), { projectId });
    world.courier();
    await vi.waitFor(() => expect(server.mails).toHaveLength(1), { timeout: 15_000, interval: 20 });
    const mail = server.mails[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '';
    expect(mail).toContain('1 rollout finished');
    expect(mail).toContain('multipart/alternative');
    expect(mail).toContain('&lt;b&gt;scoring&lt;/b&gt; in production');
    const html = mail.slice(mail.indexOf('<!doctype html>'), mail.indexOf('</html>'));
    expect(html).not.toContain('<b>');
    expect(html).toContain('https://fairlead.test/notices/');
    // Every picture that the HTML names comes with it, and the other way round.
    const named = [...html.matchAll(/src="cid:([^"]+)"/g)].map((match) => match[1]);
    const attached = [...mail.matchAll(/Content-Id: <([^>]+)>/gi)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(0);
    expect(attached).toEqual(named);
    expect(mail).toContain('iVBORw0KGgo');
    expect(await world.deliveries()).toHaveLength(1);
  });

  it('is previewed with its pictures inside, and sends nothing', async () => {
    await happened(finished, new Date(Date.now() - 3_600_000));
    const { subject, html } = await previewReport(world.fixture.as('viewer'), { projectId });
    expect(subject).toContain('1 rollout finished');
    expect(html).toContain('src="data:image/png;base64,iVBORw0KGgo');
    expect(html).not.toMatch(/<script|src="http/);
    expect(await reports()).toEqual([]);
  });
});
