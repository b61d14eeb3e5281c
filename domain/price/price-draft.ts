import * as z from 'zod';
import { capacityTypes } from '../metering/facts.ts';
import { nanoOf } from './money.ts';
import { any, type PriceEntry, priceSources, priceUnits } from './node-price.ts';
import { amountProblem, validityProblem } from './price-rules.ts';

/** An exact value or "*"; stored as the node's labels have it. */
const matchSchema = z
  .string()
  .trim()
  .max(200, 'Use at most 200 characters.')
  .regex(/^[^\p{Cc}]*$/u, 'Leave out control characters.')
  .transform((text) => (text === '' ? any : text))
  .default(any);

const amountSchema = z
  .string()
  .trim()
  .max(60, 'Write the price as a plain decimal with a point, such as 55.04.')
  .superRefine((text, ctx) => {
    const problem = amountProblem(text);
    if (problem !== null) ctx.addIssue({ code: 'custom', message: problem });
  });

/** A row of the price book as it is typed in or imported; the amount stays a decimal text. */
export const priceDraftSchema = z
  .object({
    instanceType: matchSchema,
    region: matchSchema,
    gpuProduct: matchSchema,
    capacityType: z.enum(capacityTypes, 'Say onDemand, spot, reserved or owned.'),
    unit: z.enum(priceUnits, 'Say nodeHour or gpuHour.'),
    amount: amountSchema,
    source: z.enum(priceSources, 'Say contract, import or list.'),
    sourceNote: z.string().trim().max(300, 'Use at most 300 characters.').default(''),
    sourceDate: z.date().nullable().default(null),
    validFrom: z.date(),
    validTo: z.date().nullable().default(null),
  })
  .superRefine((draft, ctx) => {
    const problem = validityProblem(draft);
    if (problem !== null) ctx.addIssue({ code: 'custom', message: problem, path: ['validTo'] });
  });
export type PriceDraft = z.output<typeof priceDraftSchema>;

export type NewPrice = Omit<PriceEntry, 'id'> & {
  readonly sourceNote: string;
  readonly sourceDate: Date | null;
};

/** The draft with its amount in nano; throws RangeError for an amount that the schema would have refused. */
export function priceOf({ amount, ...rest }: PriceDraft): NewPrice {
  const amountNano = nanoOf(amount);
  if (amountNano === null) throw new RangeError(`"${amount}" is no price.`);
  return { ...rest, amountNano };
}
