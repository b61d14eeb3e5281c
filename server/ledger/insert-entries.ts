import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { ledgerEntry } from '../../db/schema/ledger.ts';
import { ownerKey } from '../../domain/ledger/owner.ts';
import { newId } from '../id.ts';
import {
  amountText,
  type EntryContent,
  type Fixed,
  instant,
  ownerInput,
  summed,
  sumStatement,
} from './sum-entries.ts';

/** Rows of one statement; an hour of a large cluster has many. */
const batchSize = 10_000;

/** Inserts the rows of one hour and adds them to the sums of their hour and day. */
export async function insertEntries(
  tx: Transaction,
  fixed: Fixed,
  entries: readonly EntryContent[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += batchSize)
    await tx.execute(entryStatement(fixed, entries.slice(from, from + batchSize)));
  const sums = summed(entries);
  for (let from = 0; from < sums.length; from += batchSize)
    await tx.execute(sumStatement(fixed, sums.slice(from, from + batchSize)));
}

/** Whatever is the same in many rows is told once, by number: reading the rows costs PostgreSQL as much as writing them. */
class Numbered {
  readonly rows: object[] = [];
  readonly #numbers = new Map<string, number>();

  of(key: string, row: () => object): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.rows.length;
    this.#numbers.set(key, number);
    this.rows.push({ number, ...row() });
    return number;
  }
}

function entryStatement(fixed: Fixed, entries: readonly EntryContent[]): SQL {
  const [owners, places] = [new Numbered(), new Numbered()];
  const rows = entries.map((entry) => ({
    i: newId(),
    o: owners.of(ownerKey(entry), () => ownerInput(entry)),
    n: places.of(placeKey(entry), () => placeInput(entry)),
    p: entry.podUid,
    b: entry.bucket,
    l: entry.line,
    q: amountText(entry.quantity),
    a: amountText(entry.loadedNano),
    c: amountText(entry.openCostNano),
    e: entry.estimated,
    r: entry.reversesId,
  }));
  const { clusterId, hourAt, sealedAt, postedMonth } = fixed;
  return sql`
    insert into ${ledgerEntry} (id, hour_at, cluster_id, node_uid, pod_uid, bucket, line, project_id, environment_id,
      service_id, revision_id, model_id, model_version_id, role, run_id, gpu_product, capacity_type, quantity,
      loaded_nano, open_cost_nano, price_entry_id, estimated, input_digest, sealed_at, posted_month, reverses_id)
    select i, ${instant(hourAt)}, ${clusterId}::uuid, node_uid, p, b, l, project_id, environment_id,
      service_id, revision_id, model_id, model_version_id, role, run_id, gpu_product, capacity_type, q,
      a, c, price_entry_id, e, input_digest, ${instant(sealedAt)}, ${instant(postedMonth)}, r
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
        i uuid, o int, n int, p text, b text, l text, q int8, a int8, c int8, e boolean, r uuid)
      join jsonb_to_recordset(${JSON.stringify(owners.rows)}::jsonb) as owner (number int, project_id uuid,
        environment_id uuid, service_id uuid, revision_id uuid, model_id uuid, model_version_id uuid, role text,
        run_id text) on owner.number = o
      join jsonb_to_recordset(${JSON.stringify(places.rows)}::jsonb) as place (number int, node_uid text,
        gpu_product text, capacity_type text, price_entry_id uuid, input_digest text) on place.number = n`;
}

const placeKey = ({ nodeUid, gpuProduct, capacityType, priceEntryId }: EntryContent): string =>
  [nodeUid, gpuProduct, capacityType, priceEntryId].join('~');

const placeInput = (entry: EntryContent) => ({
  node_uid: entry.nodeUid,
  gpu_product: entry.gpuProduct,
  capacity_type: entry.capacityType,
  price_entry_id: entry.priceEntryId,
  input_digest: entry.inputDigest,
});
