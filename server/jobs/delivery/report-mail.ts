import type { Database } from '../../../db/client.ts';
import type { Notice } from '../../../domain/notice.ts';
import { reportHtml } from '../../reports/report-html.ts';
import { reportPictures } from '../../reports/report-pictures.ts';
import type { RichMail } from './send-mail.ts';

export type WeeklyReport = Extract<Notice, { kind: 'weeklyReport' }>;

type Asked = { readonly notice: WeeklyReport | null; readonly projectId: string; readonly link: string };

/** The report as HTML with its pictures attached; null for every other notice. Words are those of when it was due. */
export async function reportMail(db: Database, { notice, projectId, link }: Asked): Promise<RichMail | null> {
  if (notice === null) return null;
  const week = { from: new Date(notice.from), to: new Date(notice.to) };
  const drawn = await reportPictures(db, projectId, week);
  const cid = (index: number) => `chart-${index + 1}@fairlead.invalid`;
  const pictures = drawn.map(({ title, words }, index) => ({ title, words, src: `cid:${cid(index)}` }));
  return {
    html: reportHtml(notice, { pictures, link }),
    pictures: drawn.map(({ png }, index) => ({
      cid: cid(index),
      filename: `chart-${index + 1}.png`,
      content: png,
    })),
  };
}
