import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { driftBinning, driftFeature } from '../../db/schema/drift.ts';
import type { Binning } from '../../domain/drift/binning.ts';
import type { FeatureRole } from '../../domain/drift/feature.ts';
import { learnCategoricalBinning, learnNumericBinning } from '../../domain/drift/learn-binning.ts';
import { newId } from '../id.ts';
import { ProjectFixture } from '../test-fixture.ts';

/** For tests: bins of amounts around 100, of whole numbers from 0 to 4, and of two countries. */
const exampleBinnings = {
  amount: learnNumericBinning(Array.from({ length: 1_000 }, (_, index) => 50 + index / 9.7)),
  items: learnNumericBinning([0, 1, 2, 3, 4]),
  country: learnCategoricalBinning(
    new Map([
      ['DE', 60],
      ['FR', 40],
    ]),
  ),
};

type Example = { readonly name: string; readonly binning: Binning; readonly role?: FeatureRole };

/** For tests: a project whose staging service runs one revision and is counted on one active binning. */
export class IngestFixture {
  readonly project: ProjectFixture;
  revisionId = '';
  binningId = '';
  /** Of the staging service, by name. */
  featureIds = new Map<string, string>();

  private constructor(project: ProjectFixture) {
    this.project = project;
  }

  static async create(db: Database): Promise<IngestFixture> {
    const fixture = new IngestFixture(await ProjectFixture.create(db));
    await fixture.project.live();
    const { rows } = await db.execute<{ id: string }>(
      sql`select id from service_revision where service_id = ${fixture.serviceId}`,
    );
    fixture.revisionId = rows[0]?.id ?? '';
    return fixture;
  }

  get db(): Database {
    return this.project.db;
  }

  get serviceId(): string {
    return this.project.stagingServiceId;
  }

  get scope() {
    return { projectId: this.project.projectId, serviceId: this.serviceId };
  }

  /** Counts the service on these from now on; the score is a prediction, the others are inputs. */
  async bin(
    examples: readonly Example[] = [
      ...Object.entries(exampleBinnings).map(([name, binning]) => ({ name, binning })),
      { name: 'score', binning: exampleBinnings.amount, role: 'score' as const },
    ],
  ): Promise<void> {
    const { projectId, serviceId } = this.scope;
    const createdAt = new Date();
    const features = examples.map(({ name, binning, role = 'input' as const }) => ({
      featureId: newId(),
      name,
      role,
      binning,
    }));
    await this.db.insert(driftFeature).values(
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
    this.binningId = newId();
    await this.db.insert(driftBinning).values({
      id: this.binningId,
      projectId,
      serviceId,
      number: 1,
      features: { schema: 1, features },
      digest: 'sha256:example',
      state: 'active',
      createdAt,
    });
    this.featureIds = new Map(features.map(({ name, featureId }) => [name, featureId]));
  }

  /** Every counter of the service by length of window, feature, segment and start, as text. */
  async counters(): Promise<string[]> {
    const { rows } = await this.db.execute<{ row: string }>(sql`
      select format('%s %s %s %s %s %s %s', w.length, s.feature_id, s.segment, w.window_start, w.counts, w.sums, w.apart) as row
      from drift_series s join (
        select 'five minutes' as length, * from drift_five_minutes union all
        select 'hour', * from drift_hour union all select 'day', * from drift_day) as w on w.series_id = s.id
      where s.service_id = ${this.serviceId}
        and (0 <> any(w.counts) or 0 <> any(w.apart))
      order by 1`);
    return rows.map(({ row }) => row);
  }

  /** As the worker does when it sees a pod of the revision. */
  async seePod(name: string): Promise<void> {
    const { revisionId, serviceId } = this;
    const facts = JSON.stringify({ schema: 1, name, revisionId });
    await this.db.execute(sql`
      insert into pod_interval (cluster_id, pod_uid, node_uid, from_at, bucket, facts, source, estimated)
      select e.cluster_id, ${name}, 'n', now(), 'serving', ${facts}::jsonb || jsonb_build_object('namespace', e.namespace), 'watch', false
      from service s join environment e on e.id = s.environment_id where s.id = ${serviceId}`);
  }

  /** As if nothing had ever been sent. */
  async forget(): Promise<void> {
    await this.db.execute(
      sql`truncate ingest_batch, drift_series, drift_five_minutes, drift_hour, drift_day, ingest_tally, ingest_event_hour, drift_reservoir, prediction_key, prediction_key_hour`,
    );
  }
}
