import { asc, eq, sql } from 'drizzle-orm';
import { type Database, transaction } from '../../../db/client.ts';
import { egressAllowance } from '../../../db/schema/egress.ts';
import { channel, delivery, notice } from '../../../db/schema/notices.ts';
import { type ChannelRules, type ChannelTarget, everything } from '../../../domain/channel.ts';
import type { Notice } from '../../../domain/notice.ts';
import { sealChannelSecret } from '../../channel-secret.ts';
import { newSealKeys } from '../../cluster/seal.ts';
import type { HubEvent } from '../../http/change-hub.ts';
import { newId } from '../../id.ts';
import { emitNotice, endNotice } from '../../notice.ts';
import { ProjectFixture } from '../../test-fixture.ts';
import { Courier } from './courier.ts';

/** For tests: notices of a project, channels that lead to local receivers, and couriers. */
export class OutboxWorld {
  readonly db: Database;
  readonly fixture: ProjectFixture;
  readonly keys = newSealKeys();
  readonly couriers: Courier[] = [];
  readonly #listeners = new Set<(event: HubEvent) => void>();

  constructor(db: Database, fixture: ProjectFixture) {
    this.db = db;
    this.fixture = fixture;
  }

  static async create(db: Database): Promise<OutboxWorld> {
    const world = new OutboxWorld(db, await ProjectFixture.create(db));
    await db
      .insert(egressAllowance)
      .values({ id: newId(), target: '127.0.0.1', purpose: 'Tests.', addedAt: new Date() })
      .onConflictDoNothing();
    return world;
  }

  async channel(target: ChannelTarget, options: Partial<ChannelRules> & { secret?: string } = {}) {
    const { secret, ...rules } = options;
    const id = newId();
    await this.db.insert(channel).values({
      id,
      projectId: this.fixture.projectId,
      name: 'on call',
      kind: target.kind,
      target,
      sealedSecret:
        secret === undefined
          ? null
          : sealChannelSecret(this.keys.publicKey, secret, { channelId: id, target }),
      rules: { ...everything, ...rules },
      createdAt: new Date(),
      createdBy: this.fixture.people.admin.id,
    });
    return id;
  }

  async emit(told: Notice, dedupKey: string = newId()): Promise<string | null> {
    const { projectId, serviceId } = this.fixture;
    const object = { kind: 'service', id: serviceId } as const;
    const draft = { projectId, notice: told, object, serviceId, dedupKey };
    const id = await transaction(this.db, (tx) => emitNotice(tx, draft, { now: new Date(), origin: 'live' }));
    this.ring();
    return id;
  }

  async end(dedupKey: string): Promise<void> {
    const { projectId } = this.fixture;
    await transaction(this.db, (tx) => endNotice(tx, { projectId, dedupKey }, new Date()));
    this.ring();
  }

  courier(claimMs?: number): Courier {
    const hub = {
      subscribe: (listener: (event: HubEvent) => void) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    const courier = new Courier({
      db: this.db,
      hub,
      workerPrivateKey: this.keys.privateKey,
      publicUrl: 'https://fairlead.test',
      ...(claimMs === undefined ? {} : { claimMs }),
    });
    this.couriers.push(courier);
    return courier;
  }

  /** What NOTIFY does. */
  ring(): void {
    for (const listener of this.#listeners) listener({ kind: 'resync' });
  }

  async deliveries() {
    return await this.db
      .select()
      .from(delivery)
      .where(eq(delivery.projectId, this.fixture.projectId))
      .orderBy(asc(delivery.id));
  }

  /** Lets the time of every waiting delivery, and of every notice in its grace, come. */
  async hurry(): Promise<void> {
    const past = sql`clock_timestamp() - interval '1 second'`;
    await this.db.update(delivery).set({ dueAt: past }).where(eq(delivery.state, 'waiting'));
    await this.db.update(notice).set({ routeAt: past }).where(sql`${notice.routeAt} is not null`);
    this.ring();
  }

  async close(): Promise<void> {
    await Promise.all(this.couriers.splice(0).map((courier) => courier.close()));
  }
}
