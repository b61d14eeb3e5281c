import type { ChartAnswer, SubjectKey } from '../chart/chart-answer.ts';

export type ProposedLabel = {
  readonly subject: SubjectKey;
  /** Who is asked knows it by this. */
  readonly name: string;
  readonly label: string;
};

const words: Record<string, string> = {
  project: 'Project',
  environment: 'Environment',
  node: 'Node',
  service: 'Service',
  modelVersion: 'Version',
  model: 'Model',
  feature: 'Feature',
  budget: 'Budget',
  group: 'Group',
};

/** "Service A", "Version 7": a label for every subject of the answers that tells nothing but a version's number. */
export function proposeLabels(
  answers: readonly Pick<ChartAnswer, 'names' | 'series' | 'words'>[],
): ProposedLabel[] {
  const names = new Map<SubjectKey, string>();
  for (const answer of answers) {
    for (const [subject, name] of Object.entries(answer.names) as [SubjectKey, string][])
      names.set(subject, name);
    for (const { subject, label } of answer.series)
      if (subject !== null && !names.has(subject)) names.set(subject, label);
    for (const part of answer.words)
      if (typeof part !== 'string' && !names.has(part.subject)) names.set(part.subject, part.subject);
  }
  const used = new Set<string>();
  const counts = new Map<string, number>();
  return [...names].map(([subject, name]) => {
    const kind = subject.split(' ')[0] ?? '';
    const number = kind === 'modelVersion' ? /(\d{1,9})\D*$/.exec(name)?.[1] : undefined;
    let label = number === undefined ? '' : `Version ${number}`;
    while (label === '' || used.has(label)) {
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      label = `${words[kind] ?? 'Item'} ${letters(count)}`;
    }
    used.add(label);
    return { subject, name, label };
  });
}

/** A … Z, AA, AB … */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${letters(Math.floor(index / 26) - 1)}${last}`;
}
