import { asc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { namedWords } from '../../domain/chart/named-answer.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import { chartPng } from '../pictures/chart-png.ts';
import type { Week } from './week-report.ts';

/** A chart of the report: what stands above it, what it says for who does not see it, and the picture. */
export type ReportPicture = {
  readonly title: string;
  readonly words: string;
  readonly png: Buffer;
};

const mostServices = 3;
const size = { width: 640, height: 260, theme: 'light', zone: 'utc', scale: 2 } as const;

type ReportChart = {
  readonly title: string;
  readonly spec: ChartSpec;
  readonly answer: ChartAnswer;
};

/** The charts of a week: cost, deployments, and the errors of the first services by name; one without data is left out. */
export async function reportCharts(
  db: Queries,
  projectId: string,
  { from, to }: Week,
): Promise<ReportChart[]> {
  const services = await db
    .select({ id: service.id, name: service.name })
    .from(service)
    .where(eq(service.projectId, projectId))
    .orderBy(asc(service.name), asc(service.id))
    .limit(mostServices);
  const charts: { name: string; spec: ChartSpec }[] = [
    { name: 'Cost', spec: { kind: 'cost', groupBy: 'model' } },
    { name: 'Deployments', spec: { kind: 'deploymentFrequency' } },
    ...services.map(({ id, name }) => ({ name, spec: { kind: 'errorShare', serviceId: id } as const })),
  ];
  const range = { from: from.getTime(), to: to.getTime() };
  const shown: ReportChart[] = [];
  for (const { name, spec } of charts) {
    const answer = await chartAnswer(db, { projectId, spec, range, now: to, maxPoints: 1_000 });
    if (!answer.series.some(({ points }) => points.some(([, value]) => value !== null))) continue;
    shown.push({ title: `${name}: ${answer.title}`, spec, answer });
  }
  return shown;
}

/** The same as pictures. */
export async function reportPictures(db: Queries, projectId: string, week: Week): Promise<ReportPicture[]> {
  const pictures: ReportPicture[] = [];
  for (const { title, answer } of await reportCharts(db, projectId, week)) {
    const png = await chartPng({ ...answer, title }, size);
    pictures.push({ title, words: namedWords(answer), png });
  }
  return pictures;
}
