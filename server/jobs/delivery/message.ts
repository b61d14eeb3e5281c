import type { Severity } from '../../../domain/notice.ts';
import type { NoticeObject } from '../../../domain/notice-kind.ts';

/** One notice, or its end, as it is told. */
export type Told = {
  readonly noticeId: string;
  readonly part: 'begin' | 'end';
  readonly kind: string;
  readonly severity: Severity;
  readonly sentence: string;
  /** Page of the notice, where it is acknowledged. */
  readonly link: string;
  readonly object: NoticeObject;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  /** Names and figures of the sentence. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** More than its sentence: the lines of a report. */
  readonly lines: readonly string[];
};

/** What goes to one receiver at once: one notice, or what waited for the end of quiet hours. */
export type Message = {
  /** The same at every attempt, so that a receiver can drop a repeat. */
  readonly id: string;
  readonly told: readonly [Told, ...Told[]];
  /** An earlier answer was lost: the receiver may have it already. */
  readonly maybeRepeated: boolean;
  /** Where the console is. */
  readonly consoleUrl: string;
  readonly channelName: string;
};

export const repeatMark = 'may be a repeat: the answer to an earlier attempt was lost';

/** The sentences of a message, each with its link; one that may be a repeat says so. */
export function messageText({ told, maybeRepeated }: Message): string {
  const lines = told.map(({ sentence, lines: more, link }) => [sentence, ...more, link].join('\n'));
  const head = told.length === 1 ? [] : [`${told.length} notices from the quiet hours:`];
  const mark = maybeRepeated ? [`(${repeatMark})`] : [];
  return [...head, ...lines, ...mark].join('\n');
}
