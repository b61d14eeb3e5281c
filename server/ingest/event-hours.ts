import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import type { InferenceEvent } from './cloud-event.ts';

const hourMs = 3_600_000;
/** An event of another time is a clock that is wrong; it is counted in the hour in which it came. */
const mostAwayMs = 24 * hourMs;

type Came = { requests: number; responses: number };

/** Counts events by service and the hour that they tell of until they are stored. */
export class EventHours {
  /** By service and start of the hour. */
  #came = new Map<string, Map<number, Came>>();

  count(serviceId: string, { side, ts }: Pick<InferenceEvent, 'side' | 'ts'>): void {
    const nowMs = Date.now();
    const toldMs = Date.parse(ts ?? '');
    const atMs = Math.abs(toldMs - nowMs) < mostAwayMs ? toldMs : nowMs;
    const hour = Math.floor(atMs / hourMs) * hourMs;
    const hours = this.#came.get(serviceId) ?? new Map<number, Came>();
    const came = hours.get(hour) ?? { requests: 0, responses: 0 };
    came[side === 'request' ? 'requests' : 'responses'] += 1;
    this.#came.set(serviceId, hours.set(hour, came));
  }

  /** Adds them to what is known, a service after the other; what could not be stored waits for the next call. */
  async store(db: Database): Promise<void> {
    for (const [serviceId, hours] of this.#came) {
      this.#came.delete(serviceId);
      try {
        await add(db, serviceId, hours);
      } catch (error) {
        this.#giveBack(serviceId, hours);
        throw error;
      }
    }
  }

  #giveBack(serviceId: string, hours: ReadonlyMap<number, Came>): void {
    const since = this.#came.get(serviceId) ?? new Map<number, Came>();
    for (const [hour, { requests, responses }] of hours) {
      const more = since.get(hour) ?? { requests: 0, responses: 0 };
      since.set(hour, { requests: more.requests + requests, responses: more.responses + responses });
    }
    this.#came.set(serviceId, since);
  }
}

async function add(db: Database, serviceId: string, hours: ReadonlyMap<number, Came>): Promise<void> {
  const entries = [...hours];
  const column = <Value>(of: (entry: (typeof entries)[number]) => Value) => sql.param(entries.map(of));
  await db.execute(sql`
    insert into ingest_event_hour as known (project_id, service_id, hour_start, requests, responses)
    select service.project_id, service.id, hour_start, requests, responses
    from service, unnest(${column(([hour]) => new Date(hour).toISOString())}::timestamptz[],
      ${column(([, came]) => came.requests)}::bigint[], ${column(([, came]) => came.responses)}::bigint[])
      as sent(hour_start, requests, responses)
    where service.id = ${serviceId}
    order by hour_start
    on conflict (service_id, hour_start) do update set
      requests = known.requests + excluded.requests, responses = known.responses + excluded.responses`);
}
