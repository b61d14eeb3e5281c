import * as z from 'zod';
import { type SubjectKey, subjectKinds } from '../chart/chart-answer.ts';
import { anyChartSpecSchema } from '../chart/chart-spec.ts';
import { dayMs } from './share-expiry.ts';
import { mostShared } from './share-limits.ts';

export const shareKinds = ['share', 'signed', 'picture'] as const;
/** A link whose secret opens it, an embed whose host signs, or one picture (or file) of one fixed range. */
export type ShareKind = (typeof shareKinds)[number];

export const shareFormats = ['png', 'svg', 'csv', 'json'] as const;
export type ShareFormat = (typeof shareFormats)[number];

export const shareThemes = ['system', 'light', 'dark'] as const;
export type ShareTheme = (typeof shareThemes)[number];

const longestRangeMs = 400 * dayMs;

/** `relative` ends now and is `ms` long; `fixed` has both ends, in milliseconds. */
export const shareRangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('relative'), ms: z.int().min(60_000).max(longestRangeMs) }),
  z
    .object({ kind: z.literal('fixed'), from: z.int().min(0), to: z.int().min(0) })
    .refine(({ from, to }) => to > from && to - from <= longestRangeMs, {
      message: 'The range ends after it begins and is at most 400 days long.',
    }),
]);
export type ShareRange = z.infer<typeof shareRangeSchema>;

/** What is shown: one chart, or those of a board as they were when it was shared. `title` is shown as it is. */
export const shareContentSchema = z.object({
  schema: z.literal(1),
  charts: z
    .array(z.object({ title: z.string().trim().min(1).max(120), spec: anyChartSpecSchema }))
    .min(1)
    .max(mostShared),
});
export type ShareContent = z.infer<typeof shareContentSchema>;

const subjectForm = new RegExp(`^(${subjectKinds.join('|')}) .{1,300}$`);
const subjectKey = z.custom<SubjectKey>(
  (value) => typeof value === 'string' && subjectForm.test(value),
  'This is no subject of a chart.',
);

/** What stands for the name of each subject outside; one without a label here is never named. */
export const shareLabelsSchema = z
  .record(z.string(), z.string().trim().min(1, 'Give every name a label.').max(60))
  .refine((labels) => Object.keys(labels).length <= 300, { message: 'These are too many labels.' })
  .refine((labels) => Object.keys(labels).every((key) => subjectKey.safeParse(key).success), {
    message: 'A label belongs to no subject of a chart.',
  });
export type ShareLabels = Readonly<Record<string, string>>;

/** The range in milliseconds at a moment. */
export function rangeAt(range: ShareRange, nowMs: number): { from: number; to: number } {
  return range.kind === 'fixed' ? { from: range.from, to: range.to } : { from: nowMs - range.ms, to: nowMs };
}
