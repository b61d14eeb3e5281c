import type { ChartAnswer, MarkKind, SubjectKey } from '../chart/chart-answer.ts';
import { formatUnit } from '../chart/chart-unit.ts';
import type { ShareLabels } from './share-content.ts';

const markWords: Record<MarkKind, string> = {
  deploy: 'Change',
  approval: 'Approval',
  abort: 'Stopped',
  rollBack: 'Went back',
  alert: 'Alert',
  annotation: 'Note',
};

const unnamed: Record<string, string> = {
  project: 'A project',
  environment: 'An environment',
  node: 'A node',
  service: 'A service',
  modelVersion: 'A version',
  model: 'A model',
  feature: 'A feature',
  budget: 'A budget',
  group: 'A group',
};

/**
 * The answer as strangers may have it: every field is written anew from numbers, times, closed words and the stored labels,
 * so that what a later field of an answer holds cannot slip through. Subjects without a label get none of their own words.
 */
export function redactAnswer(
  answer: ChartAnswer,
  { title, labels }: { title: string; labels: ShareLabels },
): ChartAnswer {
  const labelOf = labeller(labels);
  return {
    title,
    unit: answer.unit,
    range: { from: answer.range.from, to: answer.range.to },
    stepMs: answer.stepMs,
    ...(answer.openFromMs === undefined ? {} : { openFromMs: answer.openFromMs }),
    series: answer.series.map((series, index) => ({
      key: `s${index}`,
      label: series.subject === null ? series.label : labelOf(series.subject),
      role: series.role,
      ...(series.look === undefined ? {} : { look: series.look }),
      subject: null,
      points: series.points.map(([at, value]) => [at, value] as const),
      ...(series.band === undefined
        ? {}
        : { band: series.band.map(([at, low, high]) => [at, low, high] as const) }),
    })),
    thresholds: answer.thresholds.map(({ value, tone }) => ({
      value,
      label: `limit ${formatUnit(value, answer.unit)}`,
      tone,
    })),
    marks: answer.marks.map(({ at, kind, tone }) => ({ at, kind, tone, label: markWords[kind] })),
    words: [
      answer.words.map((part) => (typeof part === 'string' ? part : labelOf(part.subject))).join(''),
    ].filter((text) => text !== ''),
    names: {},
    asOfMs: answer.asOfMs,
  };
}

/** The same subject has the same words in the whole answer; two without a label are told apart by a number. */
function labeller(labels: ShareLabels): (subject: SubjectKey) => string {
  const given = new Map<string, string>();
  const counts = new Map<string, number>();
  return (subject) => {
    const label = Object.hasOwn(labels, subject) ? labels[subject] : undefined;
    if (label !== undefined) return label;
    const known = given.get(subject);
    if (known !== undefined) return known;
    const kind = subject.split(' ')[0] ?? '';
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const text = `${unnamed[kind] ?? 'Another'}${count === 1 ? '' : ` (${count})`}`;
    given.set(subject, text);
    return text;
  };
}
