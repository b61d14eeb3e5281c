import { type RandomKey, randomUnit } from '../../../domain/sandbox/random.ts';
import type { DemoColumn } from './demo-columns.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** From when on the model's drifting columns have moved. */
export type DemoMoment = { readonly atMs: number; readonly driftsFromMs: number };

/** Where a column's normal number lies: the same all through an hour, so that an hour is its like four weeks before. */
export function demoMean(column: DemoColumn, { atMs, driftsFromMs }: DemoMoment): number {
  const hour = Math.floor((atMs % dayMs) / hourMs);
  const weekday = new Date(atMs).getUTCDay();
  return (
    column.daily * Math.sin((2 * Math.PI * (hour - 8)) / 24) +
    (weekday === 0 || weekday === 6 ? column.weekend : 0) +
    (atMs >= driftsFromMs ? column.drift : 0)
  );
}

/** A standard normal number for a place and a draw (Box and Muller 1958). */
function normal(key: RandomKey, index: number, draw: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomUnit(key, index, draw)));
  return radius * Math.cos(2 * Math.PI * randomUnit(key, index, draw + 1));
}

type Values = Readonly<Record<string, unknown>>;

/** A row as a model server sends it, without its time: the same for the same key, place and moment. */
export function demoRow(
  columns: readonly DemoColumn[],
  { key, index, ...moment }: DemoMoment & { readonly key: RandomKey; readonly index: number },
): { readonly f: Values; readonly p: Values } {
  const cells = columns.map((column, place): [string, unknown] => {
    const isNull = randomUnit(key, index, 3 * place + 2) < column.nullShare;
    const z = demoMean(column, moment) + normal(key, index, 3 * place);
    return [column.name, isNull ? null : column.value(z)];
  });
  const of = (wanted: DemoColumn['place']) =>
    Object.fromEntries(cells.filter((_, place) => columns[place]?.place === wanted));
  return { f: of('input'), p: of('prediction') };
}
