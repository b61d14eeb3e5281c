import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { share } from '../../../db/schema/shares.ts';
import { openSite, type RunningSite } from '../../http/site-fixture.ts';
import { weekBefore, weekReport } from '../../reports/week-report.ts';
import { ProjectFixture } from '../../test-fixture.ts';
import { answersOutside } from './answers-outside.ts';
import { slackMessage } from './bodies.ts';
import type { Message } from './message.ts';
import type { WeeklyReport } from './report-mail.ts';
import { slackPictures, takeBackPictures } from './report-slack.ts';

let running: RunningSite;
let fixture: ProjectFixture;
let notice: WeeklyReport;
beforeAll(async () => {
  running = await openSite();
  fixture = await ProjectFixture.create(running.test.db);
  await fixture.live();
  notice = (await weekReport(running.test.db, fixture.projectId, weekBefore(new Date()))) as WeeklyReport;
});
afterAll(() => running.close());

const shares = async () =>
  await running.test.db.select().from(share).where(eq(share.projectId, fixture.projectId));

describe('pictures of a weekly report for Slack', () => {
  it('are not made where the console does not answer from outside', async () => {
    expect(await answersOutside(running.url)).toBe(false);
    expect(await answersOutside(running.url.replace('http:', 'https:'))).toBe(false);
    const asked = { notice, projectId: fixture.projectId, publicUrl: running.url };
    expect(await slackPictures(running.test.db, asked)).toEqual([]);
    expect(await shares()).toEqual([]);
  });

  it('are opened by their address alone, end within 30 days, have labels for names, and are taken back', async () => {
    const { db } = running.test;
    const asked = { notice, projectId: fixture.projectId, publicUrl: running.url };
    const pictures = await slackPictures(db, asked, async () => true);
    expect(pictures.length).toBeGreaterThan(0);
    const [first] = pictures;
    const found = await fetch(first?.url ?? '');
    expect([found.status, found.headers.get('content-type')]).toEqual([200, 'image/png']);
    for (const { kind, title, expiresAt, allowExport, labels } of await shares()) {
      expect([kind, allowExport]).toEqual(['picture', ['png']]);
      expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
      expect(JSON.stringify([title, Object.values(labels as object)])).not.toContain('scoring');
    }
    await takeBackPictures(db, running.url, pictures);
    expect((await fetch(first?.url ?? '')).status).toBe(410);
  });

  it('stand below the words, which fit what Slack takes and are never cut inside an escape', () => {
    const message = {
      id: '1',
      told: [{ sentence: '&<'.repeat(4_000), lines: [], link: 'https://fairlead.test/notices/1' }],
      maybeRepeated: false,
    } as unknown as Message;
    const picture = {
      title: 'Errors',
      words: 'All were answered.',
      url: 'https://fairlead.test/p.png?sig=s',
    };
    const { blocks } = JSON.parse(slackMessage('https://slack.test', message, [picture]).body) as {
      blocks: [{ text: { text: string } }, unknown];
    };
    expect(blocks[0].text.text.length).toBeLessThanOrEqual(3_000);
    expect(blocks[0].text.text).toMatch(/^(&amp;|&lt;)+…$/);
    expect(blocks[1]).toEqual({
      type: 'image',
      image_url: picture.url,
      alt_text: picture.words,
      title: { type: 'plain_text', text: 'Errors' },
    });
    expect(slackMessage('https://slack.test', message).body).not.toContain('blocks');
  });
});
