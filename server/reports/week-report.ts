import { and, asc, eq, gte, inArray, lt } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { project } from '../../db/schema/identity.ts';
import { notice as noticeTable } from '../../db/schema/notices.ts';
import { type Notice, noticeSchema } from '../../domain/notice.ts';
import { noticeSentence } from '../../domain/notice-text.ts';
import { formatNumber } from '../../domain/number-format.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import { onlyRow } from '../rows/row-project.ts';

type WeeklyReport = Extract<Notice, { kind: 'weeklyReport' }>;
export type Week = { readonly from: Date; readonly to: Date };

const weekMs = 7 * 86_400_000;
const mostInGroup = 8;
const mostRead = 1_000;

/** What a report tells, by heading and with the words for how many: "3 rollouts finished". */
const groups = [
  { heading: 'Went live', kinds: ['finished'], words: ['rollout finished', 'rollouts finished'] },
  { heading: 'Taken back', kinds: ['aborted', 'rolledBack'], words: ['way back', 'ways back'] },
  { heading: 'Promotions asked for', kinds: ['approvalNeeded'], words: ['promotion', 'promotions'] },
  { heading: 'Drift', kinds: ['drift', 'rowsUnusual'], words: ['drift alert', 'drift alerts'] },
  {
    heading: 'Promises and rails',
    kinds: ['railBroken', 'objectiveBurn'],
    words: ['broken promise', 'broken promises'],
  },
  {
    heading: 'Budgets and cost',
    kinds: ['budgetThreshold', 'budgetFreeze', 'budgetRequest', 'costAnomaly'],
    words: ['budget notice', 'budget notices'],
  },
] as const;

export const weekBefore = (to: Date): Week => ({ from: new Date(to.getTime() - weekMs), to });

/** What changed in a project in a week, in words and only from what was measured and told in it. */
export async function weekReport(db: Queries, projectId: string, { from, to }: Week): Promise<WeeklyReport> {
  const { name } = onlyRow(
    await db.select({ name: project.name }).from(project).where(eq(project.id, projectId)),
  );
  const told = await toldIn(db, projectId, { from, to });
  const cost = await costSentence(db, projectId, { from, to });
  const counted = groups.map((group) => {
    const own = told.filter(({ kind }) => group.kinds.some((each) => each === kind));
    return { ...group, sentences: own.map(noticeSentence) };
  });
  const changes = counted
    .map(({ heading, sentences }) => ({ heading, sentences: clipped(sentences) }))
    .filter(({ sentences }) => sentences.length > 0);
  const counts = counted
    .filter(({ sentences }) => sentences.length > 0)
    .map(({ sentences: { length }, words: [one, many] }) => `${length} ${length === 1 ? one : many}`);
  return {
    kind: 'weeklyReport',
    project: name,
    from: from.toISOString(),
    to: to.toISOString(),
    headline: counts.length === 0 ? 'nothing was rolled out, taken back or told' : counts.join(', '),
    changes: [...changes, { heading: 'Compared with the week before', sentences: [cost] }],
  };
}

async function toldIn(db: Queries, projectId: string, { from, to }: Week): Promise<Notice[]> {
  const kinds = groups.flatMap((group): string[] => [...group.kinds]);
  const rows = await db
    .select({ params: noticeTable.params })
    .from(noticeTable)
    .where(
      and(
        eq(noticeTable.projectId, projectId),
        gte(noticeTable.beganAt, from),
        lt(noticeTable.beganAt, to),
        inArray(noticeTable.kind, kinds),
      ),
    )
    .orderBy(asc(noticeTable.beganAt), asc(noticeTable.id))
    .limit(mostRead);
  return rows.map(({ params }) => noticeSchema.parse(params));
}

function clipped(sentences: readonly string[]): string[] {
  const rest = sentences.length - mostInGroup;
  return rest <= 0 ? [...sentences] : [...sentences.slice(0, mostInGroup), `And ${rest} more.`];
}

/** Costs are known by whole UTC days, so these are the seven days before the one of `to`. */
async function costSentence(db: Queries, projectId: string, { to }: Week): Promise<string> {
  const end = Math.floor(to.getTime() / 86_400_000) * 86_400_000;
  const sum = async (until: number) => {
    const range = { from: until - weekMs, to: until };
    const spec = { kind: 'cost', groupBy: 'role' } as const;
    const answer = await chartAnswer(db, { projectId, spec, range, now: to, maxPoints: 100 });
    const values = answer.series.flatMap(({ points }) => points.map(([, value]) => value ?? 0));
    return { title: answer.title, total: values.reduce((total, value) => total + value, 0) };
  };
  const [now, before] = [await sum(end), await sum(end - weekMs)];
  const unit = now.title.startsWith('GPU') ? 'GPU-hours' : now.title.replace(/^.* /, '');
  const text = (value: number) => `${formatNumber(value, 1)} ${unit}`;
  if (before.total === 0) return `${text(now.total)}; nothing is known of the seven days before.`;
  const share = (now.total / before.total - 1) * 100;
  const sign = share < 0 ? '−' : '+';
  return `${text(now.total)} in seven days, ${sign}${formatNumber(Math.abs(share), 0)} % of ${text(before.total)} in the seven before.`;
}
