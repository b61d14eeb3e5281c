import { type ContributionPart, packContribution } from '../../domain/drift/contribution.ts';
import { addCounters } from '../../domain/drift/counters.ts';
import { dayMs } from '../../domain/drift/window.ts';
import { DomainError } from '../../domain/refusal.ts';
import { historySource } from '../rows/history-fills.ts';
import type { NewBatch } from './append-batch.ts';
import type { Counting } from './service-catalogue.ts';

const mostDays = 100;
/** Hours × features that one file may fill; each is held until the end of the file. */
const mostParts = 500_000;

export type HistoryPlace = {
  readonly source: string;
  readonly counting: Counting;
  readonly revisionId: string;
};

export type HistoryAnswer = {
  readonly duplicate: boolean;
  readonly accepted: number;
  readonly rejected: number;
  readonly days: number;
  /** Columns that no feature of the service has. */
  readonly unknown: readonly string[];
};

type Day = { rows: number; readonly parts: Map<string, ContributionPart> };

export const refusedFile = (message: string) => new DomainError({ code: 'invalidInput', message });

/** Counters of a file of history, by day. Throws refusals for a file of too much. */
export class HistoryDays {
  readonly #days = new Map<number, Day>();
  #parts = 0;

  add(parts: readonly ContributionPart[]): void {
    for (const part of parts) this.#add(part);
    if (this.#days.size > mostDays || this.#parts > mostParts)
      throw refusedFile(
        `The file fills more than ${mostDays} days or ${mostParts} hours of features: send it in several.`,
      );
  }

  addRows(atMs: number, rows: number): void {
    this.#dayOf(atMs).rows += rows;
  }

  #dayOf(ms: number): Day {
    const number = Math.floor(ms / dayMs);
    const day = this.#days.get(number) ?? { rows: 0, parts: new Map<string, ContributionPart>() };
    this.#days.set(number, day);
    return day;
  }

  #add(part: ContributionPart): void {
    const { parts } = this.#dayOf(part.windowMs);
    const key = `${part.windowMs} ${part.binningId} ${part.featureId}`;
    const known = parts.get(key);
    if (known === undefined) this.#parts += 1;
    parts.set(
      key,
      known === undefined ? part : { ...part, counters: addCounters(known.counters, part.counters) },
    );
  }

  /** A batch per day, whose id is the day. */
  batches({ counting, source }: HistoryPlace, sha256: string): NewBatch[] {
    const { projectId, serviceId } = counting.catalogue;
    return [...this.#days].map(([day, { rows, parts }]) => ({
      projectId,
      serviceId,
      source: `${historySource}${source}`,
      batchId: new Date(day * dayMs).toISOString().slice(0, 10),
      sha256,
      contribution: packContribution([...parts.values()]),
      rows,
      rejected: 0,
      receivedAt: new Date(counting.nowMs),
      rejectedByReason: new Map(),
      unknownNames: [],
      sampled: [],
    }));
  }
}
