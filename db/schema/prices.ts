import { boolean, index, integer, jsonb, numeric, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { capacityTypes } from '../../domain/metering/facts.ts';
import { id, instant } from './columns.ts';
import { principal } from './identity.ts';

/** One row at most: the currency of every price and amount, set before the first price and never changed. */
export const instanceCurrency = pgTable('instance_currency', {
  only: boolean('only').primaryKey().default(true),
  /** ISO 4217. */
  currency: text('currency').notNull(),
});

/**
 * The price book, append-only; `validTo` may be set once. A match column holds "*" for any. The migration adds the
 * exclusion constraint that forbids two rows of the same match to be valid at once.
 */
export const priceEntry = pgTable(
  'price_entry',
  {
    id: id(),
    instanceType: text('instance_type').notNull().default('*'),
    region: text('region').notNull().default('*'),
    gpuProduct: text('gpu_product').notNull().default('*'),
    capacityType: text('capacity_type', { enum: capacityTypes }).notNull(),
    /** What the amount is the price of, for an hour. */
    unit: text('unit', { enum: ['nodeHour', 'gpuHour'] }).notNull(),
    /** Nano of the instance's currency for an hour of the unit. */
    amountNano: numeric('amount_nano', { precision: 38, scale: 0 }).notNull(),
    /** Which rows win over which: a contract over an import over a list. */
    source: text('source', { enum: ['contract', 'import', 'list'] }).notNull(),
    sourceNote: text('source_note').notNull(),
    /** When the figure was true at its source; null for a contract. */
    sourceDate: instant('source_date'),
    validFrom: instant('valid_from').notNull(),
    validTo: instant('valid_to'),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [index('price_entry_match').on(table.instanceType, table.gpuProduct, table.validFrom)],
);

/** Sums of an imported bill (FOCUS) for one month, by instance type and by kind of what is not metered; its rows are not kept. */
export const billFile = pgTable(
  'bill_file',
  {
    id: id(),
    /** First moment of the month, UTC. */
    monthAt: instant('month_at').notNull(),
    fileName: text('file_name').notNull(),
    /** BillLines of domain/bill/bill-lines.ts. */
    lines: jsonb('lines').notNull(),
    rows: integer('rows').notNull(),
    /** Rows of other months, which were left out. */
    outside: integer('outside').notNull(),
    importedAt: instant('imported_at').notNull(),
    importedBy: uuid('imported_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [unique('bill_file_name').on(table.monthAt, table.fileName)],
);
