import type { Transaction } from '../../db/client.ts';
import type { PreflightAsk } from '../rows/preflight.ts';
import { loadRevisions } from '../rows/revision-record.ts';
import { onlyRow } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import type { PlannedStart } from './start-guards.ts';

const loaded = new WeakMap<PlannedStart, Promise<PreflightAsk>>();

/** Service and revisions of a start, read once for all its guards: the service is locked, and revisions never change. */
export function startRecords(tx: Transaction, start: PlannedStart): Promise<PreflightAsk> {
  const known = loaded.get(start) ?? read(tx, start);
  loaded.set(start, known);
  return known;
}

async function read(tx: Transaction, start: PlannedStart): Promise<PreflightAsk> {
  const { serviceId, fromRevisionId, toRevisionId, plan, firstStepIndex = 0, now } = start;
  const ids = [toRevisionId, ...(fromRevisionId === null ? [] : [fromRevisionId])];
  const [record, revisions] = await Promise.all([loadService(tx, serviceId), loadRevisions(tx, ids)]);
  const revisionOf = (id: string) => onlyRow(revisions.filter(({ revisionId }) => revisionId === id));
  return {
    record,
    from: fromRevisionId === null ? null : revisionOf(fromRevisionId),
    to: revisionOf(toRevisionId),
    plan,
    firstStepIndex,
    now,
  };
}
