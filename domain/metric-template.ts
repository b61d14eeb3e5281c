import * as z from 'zod';
import type { ChartUnit } from './chart/chart-unit.ts';
import { idSchema } from './name.ts';
import { escapedLabelValue } from './promql-text.ts';

export const templateUnits = [
  'count',
  'perSecond',
  'share',
  'ms',
  'gib',
  'gpu',
  'times',
] as const satisfies readonly ChartUnit[];

/** Distances of stored samples, in seconds. */
export const templateSteps = [60, 300, 900, 3_600] as const;

/** The least role that may put its charts on boards and share them. */
export const templateUsers = ['engineer', 'operator', 'admin'] as const;
export type TemplateUser = (typeof templateUsers)[number];

/** Filled in by the environment, so no template lists values for it. */
const ownPlaceholder = 'namespace';
const name = /^[a-zA-Z_][a-zA-Z0-9_]{0,59}$/;

const labelSchema = z.object({
  name: z
    .string()
    .regex(name, 'A label has letters, digits and "_".')
    .refine(
      (text) => text !== ownPlaceholder,
      '$namespace is filled in by itself: leave it out of the list.',
    ),
  values: z
    .array(z.string().regex(/^[^\p{Cc}]{1,120}$/u, 'A value has 1 to 120 characters and no line breaks.'))
    .min(1, 'Name the values that may be chosen.')
    .max(50, 'A label has at most 50 values.'),
});
export type TemplateLabel = z.infer<typeof labelSchema>;

/** A PromQL query that charts may be made of; its placeholders take listed values only. */
export const metricTemplateSchema = z
  .object({
    /** Whose metrics source answers. */
    environmentId: idSchema,
    name: z.string().trim().min(1, 'Give the template a name.').max(60, 'Use at most 60 characters.'),
    query: z.string().trim().min(1, 'Write a query.').max(4_000, 'Use at most 4,000 characters.'),
    unit: z.enum(templateUnits),
    stepSeconds: z.union(templateSteps.map((step) => z.literal(step))),
    labels: z.array(labelSchema).max(5, 'A template has at most 5 labels.'),
    usedBy: z.enum(templateUsers),
  })
  .superRefine((template, context) => {
    const message = templateProblem(template);
    if (message !== null) context.addIssue({ code: 'custom', path: ['query'], message });
  });
export type MetricTemplate = z.infer<typeof metricTemplateSchema>;

/** Only here does a value stand for itself: alone in double quotes, compared as it is and not as a regular expression. */
const placeholders = /(!?=)(\s*)"\$([a-zA-Z_][a-zA-Z0-9_]*)"/g;

/** Why a query cannot be a template, in a sentence; null when it can. Whether it is PromQL, its source says. */
export function templateProblem({ query, labels }: Pick<MetricTemplate, 'query' | 'labels'>): string | null {
  const names = labels.map((label) => label.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) return `The label ${twice} is listed twice.`;
  const used = [...query.matchAll(placeholders)].map((match) => match[3] ?? '');
  const loose = /\$[a-zA-Z_][a-zA-Z0-9_]*/.exec(query.replace(placeholders, ''));
  if (loose !== null)
    return `${loose[0]} must stand alone in double quotes after = or !=, as in {route="${loose[0]}"}.`;
  const unknown = used.find((each) => each !== ownPlaceholder && !names.includes(each));
  if (unknown !== undefined) return `List the values of ${unknown}, or take $${unknown} out of the query.`;
  const idle = names.find((each) => !used.includes(each));
  return idle === undefined ? null : `The query does not use $${idle}: write it, or take the label out.`;
}

/** Why these values cannot be filled in, in a sentence; null when each label has one that is listed, and nothing else has. */
export function valuesProblem(
  { labels }: Pick<MetricTemplate, 'labels'>,
  values: Readonly<Record<string, string>>,
): string | null {
  const foreign = Object.keys(values).find((each) => !labels.some((label) => label.name === each));
  if (foreign !== undefined) return `The template has no label ${foreign}.`;
  for (const label of labels) {
    const value = Object.hasOwn(values, label.name) ? values[label.name] : undefined;
    if (value === undefined) return `Choose a value of ${label.name}.`;
    if (!label.values.includes(value)) return `The template does not list this value of ${label.name}.`;
  }
  return null;
}

/** The query with escaped values in place of its placeholders, in one pass, so that a value cannot bring in another one. */
export function filledQuery(
  { query }: Pick<MetricTemplate, 'query'>,
  values: Readonly<Record<string, string>>,
  { namespace }: { readonly namespace: string },
): string {
  return query.replace(placeholders, (whole, ...found: string[]) => {
    const [operator = '', space = '', label = ''] = found;
    const value = label === ownPlaceholder ? namespace : values[label];
    return value === undefined ? whole : `${operator}${space}"${escapedLabelValue(value)}"`;
  });
}

/** More lines than these are no chart. */
export const mostTemplateSeries = 20;

/**
 * What a line is called: the values of its labels without those that were chosen, which all lines have; "" when none is left.
 * At most 200 characters.
 */
export function seriesName(
  labels: Readonly<Record<string, string>>,
  chosen: Readonly<Record<string, string>>,
): string {
  return Object.entries(labels)
    .filter(([label, value]) => label !== '__name__' && chosen[label] !== value)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, value]) => value.replaceAll(/\p{Cc}/gu, ' '))
    .join(' · ')
    .slice(0, 200);
}
