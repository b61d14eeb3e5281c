import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { billFile } from '../../db/schema/prices.ts';
import { billLinesSchema } from '../../domain/bill/bill-lines.ts';
import { monthOf, monthText } from '../../domain/bill/month.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { onlyRow } from '../rows/row-project.ts';

export const monthSchema = z.string().refine((text) => monthOf(text) !== null, 'Write the month as 2026-10.');

/** The first moment of a month that the schema let through. */
export function firstOf(month: string): Date {
  const found = monthOf(month);
  if (found === null) throw new RangeError(`"${month}" is no month.`);
  return found.from;
}

/** Keeps the sums of a bill; the same file of the same month again takes the place of what was there. */
export const importBill = command(
  {
    permission: 'bills.import',
    schema: z.object({
      month: monthSchema,
      fileName: z.string().trim().min(1).max(200),
      currency: z.string().max(10),
      bill: billLinesSchema,
      rows: z.int().min(1),
      outside: z.int().min(0),
    }),
    project: 'instance',
  },
  async ({ tx, input, principal, now }) => {
    const { month, fileName, rows, outside } = input;
    const currency = await currencyOf(tx);
    if (currency !== input.currency)
      throw new DomainError({
        code: 'invalidInput',
        message:
          currency === null
            ? 'This instance has no currency yet.'
            : `currency: This instance counts in ${currency}, the bill is in ${input.currency}.`,
        params: { field: 'currency' },
        fix: 'Set the currency on the price book; a bill is compared in that one only.',
      });
    const values = {
      monthAt: firstOf(month),
      fileName,
      lines: input.bill,
      rows,
      outside,
      importedAt: now,
      importedBy: principal.id,
    };
    const stored = await tx
      .insert(billFile)
      .values({ id: newId(), ...values })
      .onConflictDoUpdate({ target: [billFile.monthAt, billFile.fileName], set: values })
      .returning({ id: billFile.id });
    const { id } = onlyRow(stored);
    return {
      result: { billFileId: id },
      audit: [
        {
          object: { kind: 'bill', id, name: fileName },
          sentence: `imported the bill ${fileName} of ${month}: ${rows} ${rows === 1 ? 'charge' : 'charges'}`,
          after: { month, rows, outside, bill: input.bill },
        },
      ],
    };
  },
);

/** Takes a bill out of the comparison. */
export const removeBill = command(
  { permission: 'bills.remove', schema: z.object({ billFileId: idSchema }), project: 'instance' },
  async ({ tx, input }) => {
    const row = onlyRow(await tx.delete(billFile).where(eq(billFile.id, input.billFileId)).returning());
    return {
      result: null,
      audit: [
        {
          object: { kind: 'bill', id: row.id, name: row.fileName },
          sentence: `removed the bill ${row.fileName} of ${monthText(row.monthAt)}`,
          before: { rows: row.rows, lines: row.lines },
        },
      ],
    };
  },
);
