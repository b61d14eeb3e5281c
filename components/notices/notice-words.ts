import type { noticeKinds } from '../../domain/notice-kind.ts';
import type { Tone } from '../ui/tone.ts';
import type { Delivery, NoticeRow } from './notice-answers.ts';

type Kind = (typeof noticeKinds)[number];

const kindWords: Record<Kind, string> = {
  approvalNeeded: 'Waits for signatures',
  budgetRequest: 'Budget waits for signatures',
  rebaseRequest: 'Reference waits for signatures',
  held: 'Held',
  aborted: 'Stopped',
  rolledBack: 'Back on the old revision',
  finished: 'Finished',
  railBroken: 'Broke a rail',
  objectiveBurn: 'Burns its objective',
  fight: 'Fight',
  clusterUnreachable: 'Cluster unreachable',
  metricsUnreachable: 'Metrics unreachable',
  budgetThreshold: 'Budget threshold',
  budgetFreeze: 'Frozen by a budget',
  costAnomaly: 'Unusual cost',
  drift: 'Drift',
  rowsUnusual: 'Unusual number of rows',
  badData: 'Data fails its expectations',
  queriesUnusual: 'Unusual queries',
  retrainRequest: 'Should be trained again',
  retrainFailed: 'Retraining failed',
  weeklyReport: 'Weekly report',
};

const ownWords = { test: 'Test', retrainStart: 'Starts a retraining' } as const;

/** The word for a kind; those that go to one channel alone have their own. */
export function kindWord(kind: Kind | keyof typeof ownWords): string {
  return kind === 'test' || kind === 'retrainStart' ? ownWords[kind] : kindWords[kind];
}

type Standing = { readonly tone: Tone; readonly label: string };

/** How urgent it still is: what is over or was taken by somebody is calm. */
export function noticeStanding(
  row: Pick<NoticeRow, 'severity' | 'lasts' | 'endedAt' | 'acknowledgedAt'>,
): Standing {
  const isOpen = row.lasts && row.endedAt === null;
  if (row.acknowledgedAt !== null)
    return { tone: 'neutral', label: isOpen ? 'Acknowledged, lasts' : 'Acknowledged' };
  if (row.severity === 'high')
    return { tone: isOpen ? 'bad' : 'warn', label: isOpen ? 'High' : 'High, over' };
  return isOpen ? { tone: 'info', label: 'Low, lasts' } : { tone: 'neutral', label: 'Low' };
}

const deliveryStandings: Record<Delivery['state'], Standing> = {
  waiting: { tone: 'progress', label: 'Waits' },
  sending: { tone: 'progress', label: 'Is sent' },
  sent: { tone: 'ok', label: 'Sent' },
  dead: { tone: 'bad', label: 'Given up' },
  withdrawn: { tone: 'neutral', label: 'Taken back' },
};

export function deliveryStanding({
  state,
  quiet,
  attempts,
}: Pick<Delivery, 'state' | 'quiet' | 'attempts'>): Standing {
  if (state === 'waiting' && quiet && attempts === 0) return { tone: 'neutral', label: 'Quiet hours' };
  if (state === 'waiting' && attempts > 0) return { tone: 'warn', label: 'Is tried again' };
  return deliveryStandings[state];
}

/** What the receiver said, as one line; empty before the first attempt. */
export function answerText({ answer }: Pick<Delivery, 'answer'>): string {
  if (answer === null) return '';
  const status = answer.status === null ? '' : `${answer.status} `;
  return `${status}${answer.text}`.trim();
}

/** How many heard of it, for a row. */
export function toldText({ told }: Pick<NoticeRow, 'told'>): string {
  const { sent, waiting, dead } = told;
  if (sent + waiting + dead === 0) return 'nobody';
  const parts = [
    ...(sent > 0 ? [`${sent} told`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(dead > 0 ? [`${dead} given up`] : []),
  ];
  return parts.join(', ');
}
