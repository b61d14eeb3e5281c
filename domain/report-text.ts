import type { Notice } from './notice.ts';

type WeeklyReport = Extract<Notice, { kind: 'weeklyReport' }>;

/** What changed as lines of plain text, each group under its heading. */
export function reportLines({ changes }: Pick<WeeklyReport, 'changes'>): string[] {
  return changes.flatMap(({ heading, sentences }) => ['', heading, ...sentences.map((each) => `- ${each}`)]);
}
