import type { Transaction } from '../../db/client.ts';
import type { PreflightAsk } from '../rows/preflight.ts';
import { loadRevisions } from '../rows/revision-record.ts';
import { onlyRow } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import type { PlannedStart } from './start-guards.ts';

type Asked = Pick<PlannedStart, 'serviceId' | 'fromRevisionId' | 'toRevisionId'>;
type StartRows = Pick<PreflightAsk, 'record' | 'from' | 'to'>;

/** Service and revisions of a start, in one round trip. */
export async function readStart(tx: Transaction, asked: Asked): Promise<StartRows> {
  const { serviceId, fromRevisionId, toRevisionId } = asked;
  const ids = [toRevisionId, ...(fromRevisionId === null ? [] : [fromRevisionId])];
  const [record, revisions] = await Promise.all([loadService(tx, serviceId), loadRevisions(tx, ids)]);
  const revisionOf = (id: string) => onlyRow(revisions.filter(({ revisionId }) => revisionId === id));
  const from = fromRevisionId === null ? null : revisionOf(fromRevisionId);
  return { record, from, to: revisionOf(toRevisionId) };
}

const loaded = new WeakMap<PlannedStart, Promise<PreflightAsk>>();

/**
 * Service and revisions of a start, read once for all its guards: the service is locked, and revisions never change. `rows`
 * are those that were read with the lock.
 */
export function startRecords(
  tx: Transaction,
  start: PlannedStart,
  rows?: Promise<StartRows>,
): Promise<PreflightAsk> {
  const { plan, firstStepIndex = 0, now } = start;
  const known =
    loaded.get(start) ??
    (rows ?? readStart(tx, start)).then((read) => ({ ...read, plan, firstStepIndex, now }));
  loaded.set(start, known);
  return known;
}
