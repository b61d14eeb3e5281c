import type { Dispersion } from '../../domain/analysis/tempering.ts';

/** Over-dispersion is estimated from a long past, which some minutes do not change. */
const goodForMs = 5 * 60_000;

type Kept = { readonly key: string; readonly atMs: number; readonly measured: Promise<Dispersion> };

/** Dispersions of rollouts that wait for their signatures, measured meanwhile so that an approved one starts at once. */
export class StartDispersions {
  readonly #kept = new Map<string, Kept>();

  /** Begins to measure unless that was done a short while ago; `key` names what it is measured for. */
  prepare(serviceId: string, key: string, { now, measure }: Measuring): Promise<Dispersion> {
    const known = this.#kept.get(serviceId);
    const ageMs = now.getTime() - (known?.atMs ?? 0);
    if (known !== undefined && known.key === key && ageMs >= 0 && ageMs < goodForMs) return known.measured;
    const measured = measure();
    const kept = { key, atMs: now.getTime(), measured };
    this.#kept.set(serviceId, kept);
    // A failure is heard by the start that needs it, and is not kept for the next one.
    measured.catch(() => {
      if (this.#kept.get(serviceId) === kept) this.#kept.delete(serviceId);
    });
    return measured;
  }

  forget(serviceId: string): void {
    this.#kept.delete(serviceId);
  }
}

type Measuring = {
  /** Of the service's clock. */
  readonly now: Date;
  readonly measure: () => Promise<Dispersion>;
};
