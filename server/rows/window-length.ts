import { type SQL, sql } from 'drizzle-orm';
import { driftWindow } from '../../db/schema/drift.ts';
import type { WindowLength } from '../../domain/drift/window-clock.ts';

/** Clocks that change make days and weeks an hour shorter or longer. */
const hours = { fiveMinutes: [0, 0.1], hour: [1, 1], day: [22, 26], week: [166, 170] } as const;

/** A monitor whose length was changed still has the windows of before. */
export function isOfLength(length: WindowLength): SQL {
  const [least, most] = hours[length];
  return sql`extract(epoch from ${driftWindow.windowEnd} - ${driftWindow.windowStart}) between ${least * 3_600} and ${most * 3_600}`;
}
