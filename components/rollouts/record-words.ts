import { countOf } from '../../domain/figure-text.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import { checkTitle } from './prepare-checks.ts';
import type { RecordPart } from './rollout-answers.ts';

type RecordedCheck = Extract<RecordPart<'verdict'>, { kind: 'taken' }>['value']['checks'][number];
type RecordedPods = Extract<RecordPart<'pods'>, { kind: 'taken' }>['value']['pods'];
type Container = RecordedPods[number]['containers'][number];
type Termination = NonNullable<Container['lastTermination']>;

/** The check's title as the analysis shows it. */
export function checkTitleOf({ checkId, kind, of, max, slowerThanMs }: RecordedCheck): string {
  const bound = slowerThanMs === null ? {} : { slowerThanMs };
  const check = kind === 'threshold' ? { kind, of, max: max ?? 0, minimumSamples: 1 } : { kind, of };
  return checkTitle({ id: checkId, ...check, ...bound } as Check);
}

/** "OOMKilled, exit code 137, signal 9". */
export function terminationText({ reason, exitCode, signal }: Termination): string {
  const words = [reason, `exit code ${exitCode}`, signal === null ? '' : `signal ${signal}`];
  return words.filter((word) => word !== '').join(', ');
}

/** What a container does, in the kubelet's words. */
export function containerText({ state }: Container): string {
  switch (state.kind) {
    case 'running':
      return 'Running';
    case 'waiting':
      return state.reason === '' ? 'Waiting' : state.reason;
    case 'terminated':
      return terminationText(state.termination);
  }
}

const noticeWords: Readonly<Record<string, string>> = {
  held: 'held at its deadline',
  aborted: 'traffic was sent back',
  rolledBack: 'all traffic is back',
  finished: 'it finished',
  railBroken: 'a rail broke after 100 %',
};
const stateWords: Readonly<Record<string, string>> = {
  waiting: 'waits to be sent',
  sending: 'is being sent',
  sent: 'received',
  dead: 'given up',
  withdrawn: 'withdrawn, it was over before',
};

export function noticeText(kind: string): string {
  return noticeWords[kind] ?? kind;
}
export function deliveryText(state: string): string {
  return stateWords[state] ?? state;
}

/** "last 500 lines", or that older ones are missing. */
export function linesText(text: string, truncated: boolean): string {
  const lines = text === '' ? 0 : text.trimEnd().split('\n').length;
  return truncated ? `last ${countOf(lines, 'line')}` : countOf(lines, 'line');
}
