export type Month = { readonly from: Date; readonly to: Date };

/** The calendar month in UTC of a text such as 2026-10; null for anything else. */
export function monthOf(text: string): Month | null {
  const found = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (found === null) return null;
  const year = Number(found[1]);
  const month = Number(found[2]);
  return { from: new Date(Date.UTC(year, month - 1, 1)), to: new Date(Date.UTC(year, month, 1)) };
}

/** 2026-10 for any moment of October 2026 in UTC. */
export function monthText(at: Date): string {
  return at.toISOString().slice(0, 7);
}

/** The month before that of a moment. */
export function monthBefore(at: Date): string {
  return monthText(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1, 1)));
}
