import * as z from 'zod';

/** Page numbers start at 1. */
export const pageSchema = z.object({
  page: z.int().min(1).max(100_000).default(1),
  pageSize: z.int().min(1).max(200).default(50),
});
export type PageInput = z.output<typeof pageSchema>;

export const searchSchema = z.string().trim().max(200).optional();

/** `total` counts all rows that match, not those of this page. */
export type Page<Row> = {
  readonly rows: Row[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
};

export function offsetOf({ page, pageSize }: PageInput): number {
  return (page - 1) * pageSize;
}

export function pageOf<Row>(input: PageInput, found: { rows: Row[]; total: number }): Page<Row> {
  return { ...found, page: input.page, pageSize: input.pageSize };
}

/** ILIKE pattern that finds the text anywhere; its own wildcards are taken literally. */
export function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
