import type { Database } from '../../../db/client.ts';
import { chartKindWords } from '../../../domain/chart/chart-words.ts';
import { namedWords } from '../../../domain/chart/named-answer.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { proposeLabels } from '../../../domain/share/propose-labels.ts';
import { longestPictureDays } from '../../../domain/share/share-expiry.ts';
import { databaseClock } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { newId } from '../../id.ts';
import { reportCharts } from '../../reports/report-pictures.ts';
import { revokeShare } from '../../shares/commands.ts';
import { createShare } from '../../shares/create.ts';
import { answersOutside } from './answers-outside.ts';
import type { WeeklyReport } from './report-mail.ts';

/** A picture that Slack fetches by itself. */
export type LinkedPicture = {
  readonly shareId: string;
  /** Read in the channel, with names; the picture itself has labels instead, because its address opens it for anybody. */
  readonly title: string;
  readonly words: string;
  readonly url: string;
};

type Asked = { readonly notice: WeeklyReport | null; readonly projectId: string; readonly publicUrl: string };

/**
 * Shares the charts of a weekly report as pictures that end after 30 days. None where the console cannot be reached from
 * outside, because Slack would then refuse the whole message.
 */
export async function slackPictures(
  db: Database,
  { notice, projectId, publicUrl }: Asked,
  isReachable: (publicUrl: string) => Promise<boolean> = answersOutside,
): Promise<LinkedPicture[]> {
  if (notice === null || !(await isReachable(publicUrl))) return [];
  const week = { from: new Date(notice.from), to: new Date(notice.to) };
  const pictures: LinkedPicture[] = [];
  for (const { title, spec, answer } of await reportCharts(db, projectId, week)) {
    const labels = proposeLabels([answer]).map(({ subject, label }) => [subject, label] as const);
    const outside = chartKindWords[spec.kind];
    const { shareId, secret } = await createShare(ownContext(db, publicUrl), {
      projectId,
      kind: 'picture',
      title: outside,
      labels: Object.fromEntries(labels),
      charts: [{ title: outside, spec }],
      range: { kind: 'fixed', from: week.from.getTime(), to: week.to.getTime() },
      allowExport: ['png'],
      theme: 'light',
      expiresInDays: longestPictureDays,
    });
    const url = `${publicUrl}/share/${shareId}/picture.png?sig=${secret}`;
    pictures.push({ shareId, title, words: namedWords(answer), url });
  }
  return pictures;
}

/** Nobody has the pictures of a message that was refused. */
export async function takeBackPictures(
  db: Database,
  publicUrl: string,
  pictures: readonly LinkedPicture[],
): Promise<void> {
  for (const { shareId } of pictures) await revokeShare(ownContext(db, publicUrl), { shareId });
}

const ownContext = (db: Database, publicUrl: string): Context => ({
  db,
  clock: databaseClock,
  principal: systemPrincipal,
  requestId: newId(),
  idempotencyKey: null,
  sessionIdHash: null,
  origin: 'live',
  publicUrl,
  workerPublicKey: '',
});
