import type { Transaction } from '../../db/client.ts';
import { allRows, type Counters } from '../../domain/drift/counters.ts';
import { DomainError } from '../../domain/refusal.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { readCounters } from '../rows/drift-counters.ts';

const hourMs = 3_600_000;

export type WindowCounters = {
  readonly binningId: string;
  readonly counters: ReadonlyMap<string, Counters>;
  readonly rows: number;
};

type Asked = { readonly serviceId: string; readonly from: string; readonly to: string };

/** What was counted of a service in a window of its past; throws refusals for one that nothing can be compared with. */
export async function windowCounters(tx: Transaction, asked: Asked, now: Date): Promise<WindowCounters> {
  const { serviceId } = asked;
  const [from, to] = [new Date(asked.from), new Date(asked.to)];
  const no = (field: string, message: string) =>
    new DomainError({ code: 'invalidInput', message: `${field}: ${message}`, params: { field } });
  if (to.getTime() - from.getTime() < hourMs) throw no('to', 'Let the window last an hour or longer.');
  if (to > now) throw no('to', 'Choose a window that is over.');
  const [active] = await activeBinnings(tx, serviceId);
  if (active === undefined)
    throw new DomainError({
      code: 'wrongState',
      message: 'The service has no bins yet, so nothing of it was counted.',
      fix: 'Send rows first, as its Connect page says.',
    });
  const { binningId } = active;
  const counters = await readCounters(tx, { serviceId, binningId, from, to });
  const rows = Math.max(0, ...[...counters.values()].map(allRows));
  if (rows === 0) throw no('from', 'No rows were counted in this window.');
  return { binningId, counters, rows };
}
