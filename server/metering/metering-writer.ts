import { Alarm } from '../alarm.ts';
import { log } from '../log.ts';
import { type Lease, LeaseLost } from '../reconciler/lease.ts';
import { type MeteringOptions, MeteringReading } from './metering-reading.ts';

/** How often it is written down that somebody watches. */
const beatMs = 5_000;
/** Events come in bursts; the first waits this long for the others. */
const gatherMs = 150;
const firstRetryMs = 500;
const lastRetryMs = 30_000;

/**
 * Writes intervals of nodes and pods for as long as this process holds the cluster's lease; every write is fenced by its
 * epoch. A failure reads everything anew, so nothing is lost that the cluster still tells.
 */
export class MeteringWriter {
  readonly #options: MeteringOptions;
  readonly #alarm = new Alarm();
  #lease: Lease | null = null;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: MeteringOptions) {
    this.#options = options;
  }

  /** The lease is held: writes, if it does not already. */
  keep(lease: Lease): void {
    if (this.#options.cluster.metering === undefined || this.#closed) return;
    this.#lease = lease;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#lease = null;
    this.#alarm.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closed && this.#lease !== null) {
      try {
        await this.#read(this.#lease, () => {
          failures = 0;
        });
      } catch (error) {
        if (error instanceof LeaseLost) {
          this.#lease = null;
          return;
        }
        failures += 1;
        const { clusterId } = this.#options.cluster;
        log.warn({ error, cluster: clusterId }, 'Metering of a cluster failed; it is begun anew.');
        const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 8));
        if (!this.#closed) await this.#alarm.sleep(waitMs);
      }
    }
  }

  /** Until the lease is another one or something fails. */
  async #read(lease: Lease, onSuccess: () => void): Promise<void> {
    const { metering } = this.#options.cluster;
    if (metering === undefined) return;
    const reading = await MeteringReading.open(this.#options, metering, () => this.#alarm.ring());
    try {
      while (!this.#closed && this.#lease?.epoch === lease.epoch) {
        await reading.turn(this.#lease);
        onSuccess();
        await this.#alarm.sleep(beatMs);
        if (!this.#closed) await pause(gatherMs);
      }
    } finally {
      await reading.close();
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
