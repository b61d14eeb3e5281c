import { chartColors } from '../../domain/chart/chart-colors.ts';
import type { Notice } from '../../domain/notice.ts';
import { noticeSentence } from '../../domain/notice-text.ts';
import type { ReportPicture } from './report-pictures.ts';

type WeeklyReport = Extract<Notice, { kind: 'weeklyReport' }>;
type Shown = Pick<ReportPicture, 'title' | 'words'> & { readonly src: string };

const { ink, surface, 'ink-muted': muted, 'line-strong': line } = chartColors.light;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The report as a mail shows it: no script, nothing loaded from elsewhere; pictures by `src`, each with its words as text. */
export function reportHtml(
  report: WeeklyReport,
  shown: { pictures: readonly Shown[]; link: string | null },
): string {
  const changes = report.changes.map(
    ({ heading, sentences }) =>
      `<h2 style="font-size:15px;margin:20px 0 6px">${escaped(heading)}</h2><ul style="margin:0;padding-left:20px">${sentences
        .map((each) => `<li style="margin:2px 0">${escaped(each)}</li>`)
        .join('')}</ul>`,
  );
  const pictures = shown.pictures.map(
    ({ title, words, src }) =>
      `<p style="margin:16px 0 0"><img src="${escaped(src)}" alt="${escaped(`${title}. ${words}`)}" width="640" style="max-width:100%;border:1px solid ${line};border-radius:6px"></p>`,
  );
  const link =
    shown.link === null
      ? ''
      : `<p style="margin:20px 0 0"><a href="${escaped(shown.link)}" style="color:${ink}">Open in Fairlead</a></p>`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Weekly report of ${escaped(report.project)}</title></head>`,
    `<body style="margin:0;padding:24px;background:${surface};color:${ink};font:14px/1.5 Inter,Arial,sans-serif"><div style="max-width:680px;margin:0 auto">`,
    `<h1 style="font-size:20px;margin:0 0 4px">What changed in ${escaped(report.project)}</h1>`,
    `<p style="margin:0;color:${muted}">${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}, times in UTC</p>`,
    `<p style="margin:12px 0 0">${escaped(noticeSentence(report))}</p>`,
    ...changes,
    ...pictures,
    link,
    '</div></body></html>',
  ].join('');
}
