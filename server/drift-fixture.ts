import { eq, sql } from 'drizzle-orm';
import { transaction } from '../db/client.ts';
import { driftBinning, driftFeature, driftMonitor, driftReference, driftSeries } from '../db/schema/drift.ts';
import { serviceRevision } from '../db/schema/services.ts';
import type { CategoricalBinning } from '../domain/drift/binning.ts';
import { noRows } from '../domain/drift/counters.ts';
import type { BinnedFeature } from '../domain/drift/feature.ts';
import { monitorSettingsSchema } from '../domain/drift/monitor-schema.ts';
import { newId } from './id.ts';
import { referenceColumn } from './rows/reference-counters.ts';
import type { ProjectFixture } from './test-fixture.ts';

const hourMs = 3_600_000;
const bins = 10;
const binning: CategoricalBinning = {
  kind: 'categorical',
  categories: Array.from({ length: bins }, (_, index) => `c${index}`),
  tail: [],
};

/** For tests: rows of an hour by bin, and how many of them were null. */
export type CountedHour = { readonly counts: readonly number[]; readonly nulls?: number };

type CountedAt = {
  readonly from: Date;
  readonly hours?: number;
  readonly only?: string;
  /** The one that is stable unless given; once per revision. */
  readonly revisionId?: string;
};

/** For tests: what an hour usually has, and one whose distribution has moved by PSI 0.36. */
export const usualHour: CountedHour = { counts: Array.from({ length: bins }, () => 100) };
export const movedHour: CountedHour = { counts: [30, 30, 30, 100, 100, 100, 100, 170, 170, 170] };

/** For tests: a service whose features `amount` and `country` are counted by the hour. */
export class DriftFixture {
  readonly serviceId: string;
  readonly binningId = newId();
  readonly features: readonly BinnedFeature[] = ['amount', 'country'].map((name) => ({
    featureId: newId(),
    name,
    role: 'input',
    binning,
  }));
  readonly #fixture: ProjectFixture;
  readonly #series: number[] = [];

  private constructor(fixture: ProjectFixture, serviceId: string) {
    this.#fixture = fixture;
    this.serviceId = serviceId;
  }

  /** With four weeks of usual hours before `from`; bins that are `next` are watched by no worker yet. */
  static async create(
    fixture: ProjectFixture,
    from: Date,
    state: 'active' | 'next' = 'active',
  ): Promise<DriftFixture> {
    const serviceId = await fixture.service(`s-${newId().slice(-8)}`, fixture.stagingId);
    await fixture.live(serviceId);
    const drift = new DriftFixture(fixture, serviceId);
    await drift.#insertBinning(state);
    await drift.count({ from: new Date(from.getTime() - 28 * 24 * hourMs), hours: 28 * 24 }, usualHour);
    return drift;
  }

  /** Counts the same hour so many times, for all features or the named ones. */
  async count(
    { from, hours = 1, only, revisionId }: CountedAt,
    { counts, nulls = 0 }: CountedHour,
  ): Promise<void> {
    const apart = [nulls, 0, 0, 0, 0, 0, 0];
    const all = revisionId === undefined ? this.#series : await this.#insertSeries(revisionId);
    for (const [index, series] of all.entries()) {
      if (only !== undefined && this.features[index]?.name !== only) continue;
      await this.#fixture.db.execute(sql`
        insert into drift_hour (series_id, window_start, counts, sums, apart)
        select ${series}, ${from.toISOString()}::timestamptz + hour * interval '1 hour',
          ${sql.param([...counts])}::int8[], '{}'::int8[], ${sql.param(apart)}::int8[]
        from generate_series(0, ${hours - 1}::int) hour
        on conflict (series_id, window_start) do update set counts = excluded.counts, apart = excluded.apart`);
    }
  }

  /** Counts the same day (UTC) so many times, for all features. */
  async days({ from, days }: { from: Date; days: number }, { counts }: CountedHour): Promise<void> {
    for (const series of this.#series)
      await this.#fixture.db.execute(sql`
        insert into drift_day (series_id, window_start, counts, sums, apart)
        select ${series}, ${from.toISOString()}::timestamptz + day * interval '1 day',
          ${sql.param([...counts])}::int8[], '{}'::int8[], ${sql.param([0, 0, 0, 0, 0, 0, 0])}::int8[]
        from generate_series(0, ${days - 1}::int) day`);
  }

  /** Training data whose rows lie like those of an hour. */
  async training({ counts }: CountedHour): Promise<void> {
    const { projectId } = this.#fixture;
    const counters = new Map(
      this.features.map(({ featureId }) => [featureId, { ...noRows(binning), counts }]),
    );
    await this.#fixture.db.insert(driftReference).values({
      id: newId(),
      projectId,
      serviceId: this.serviceId,
      binningId: this.binningId,
      kind: 'training',
      name: 'Training data',
      counters: referenceColumn(counters),
      createdAt: new Date(),
    });
  }

  /** Has hours judged and alerted of from then on; in one step, so that no worker judges them before all are counted. */
  async watch(from: Date): Promise<void> {
    const { db, projectId } = this.#fixture;
    const { serviceId, binningId } = this;
    await transaction(db, async (tx) => {
      await tx.update(driftBinning).set({ state: 'active' }).where(eq(driftBinning.id, binningId));
      await tx.insert(driftMonitor).values({
        id: newId(),
        projectId,
        serviceId,
        windowLength: 'hour',
        referenceKind: 'sameHours',
        settings: monitorSettingsSchema.parse({}),
        createdAt: from,
        alertsFrom: from,
        judgedUntil: from,
      });
    });
  }

  async #insertBinning(state: 'active' | 'next'): Promise<void> {
    const { db, projectId } = this.#fixture;
    const { serviceId, binningId, features } = this;
    const createdAt = new Date();
    await db.insert(driftFeature).values(
      features.map(({ featureId: id, name, role }) => ({
        id,
        projectId,
        serviceId,
        name,
        role,
        state: 'counted' as const,
        createdAt,
      })),
    );
    const stored = { schema: 1, features };
    const row = { id: binningId, projectId, serviceId, number: 1, features: stored, digest: binningId };
    await db.insert(driftBinning).values({ ...row, state, createdAt });
    const [revision] = await db
      .select({ id: serviceRevision.id })
      .from(serviceRevision)
      .where(sql`${serviceRevision.serviceId} = ${serviceId}`)
      .limit(1);
    this.#series.push(...(await this.#insertSeries(revision?.id ?? '')));
  }

  async #insertSeries(revisionId: string): Promise<number[]> {
    const { db, projectId } = this.#fixture;
    const { serviceId, binningId, features } = this;
    const rows = await db
      .insert(driftSeries)
      .values(features.map(({ featureId }) => ({ projectId, serviceId, revisionId, binningId, featureId })))
      .returning({ id: driftSeries.id });
    return rows.map(({ id }) => id);
  }
}
