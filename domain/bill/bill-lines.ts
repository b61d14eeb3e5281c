import * as z from 'zod';
import type { BillLine } from './focus-bill.ts';
import { billKinds } from './focus-row.ts';

const nanoText = z.string().regex(/^-?\d{1,30}$/, 'Amounts are whole nano of the currency.');

/** Lines of a bill as they are sent and stored: amounts as decimal texts of nano. */
export const billLinesSchema = z.object({
  schema: z.literal(1),
  lines: z
    .array(
      z.object({
        kind: z.enum(billKinds),
        instanceType: z.string().min(1).max(200).nullable(),
        rows: z.int().min(1),
        billedNano: nanoText,
        effectiveNano: nanoText,
      }),
    )
    .min(1, 'The file has no charge of this month.')
    .max(2_000),
});
export type BillLines = z.output<typeof billLinesSchema>;

/** The lines with their amounts as the rules take them. */
export function linesOf({ lines }: BillLines): BillLine[] {
  return lines.map((line) => ({
    ...line,
    billedNano: BigInt(line.billedNano),
    effectiveNano: BigInt(line.effectiveNano),
  }));
}
