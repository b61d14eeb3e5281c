import { type EvaluationReport, evaluationReportSchema } from '../../domain/evidence-report.ts';

export type MetricDraft = {
  readonly name: string;
  readonly value: string;
  readonly minimum: string;
  readonly maximum: string;
};

export type ReportDraft = {
  readonly name: string;
  readonly dataset: string;
  readonly link: string;
  readonly metrics: readonly MetricDraft[];
};

export const emptyMetric: MetricDraft = { name: '', value: '', minimum: '', maximum: '' };
export const emptyReport: ReportDraft = { name: '', dataset: '', link: '', metrics: [emptyMetric] };

type Outcome = { readonly report: EvaluationReport } | { readonly problem: string };

/** Reads the rows of the form; rows without a name are left out. */
export function reportOfRows(draft: ReportDraft): Outcome {
  return judge({
    schema: 1,
    name: draft.name.trim(),
    dataset: textOrAbsent(draft.dataset),
    link: textOrAbsent(draft.link),
    metrics: draft.metrics
      .filter((metric) => metric.name.trim() !== '')
      .map((metric) => ({
        name: metric.name.trim(),
        value: numberOf(metric.value) ?? Number.NaN,
        minimum: numberOf(metric.minimum),
        maximum: numberOf(metric.maximum),
      })),
  });
}

/** Reads pasted JSON; `schema` may be left out. */
export function reportOfJson(text: string): Outcome {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'This is not valid JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'A report is a JSON object with a name and metrics.' };
  return judge({ schema: 1, ...value });
}

function judge(value: object): Outcome {
  const parsed = evaluationReportSchema.safeParse(value);
  if (parsed.success) return { report: parsed.data };
  const issue = parsed.error.issues[0];
  const [first, index, part] = issue?.path ?? [];
  if (first === 'name') return { problem: 'Give the report a name.' };
  if (first === 'metrics' && typeof index === 'number')
    return { problem: `Metric ${index + 1}: the ${String(part ?? 'entry')} is missing or no number.` };
  return { problem: issue?.message ?? 'This is no evaluation report.' };
}

function textOrAbsent(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
