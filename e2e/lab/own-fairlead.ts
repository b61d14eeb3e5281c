import { eq } from 'drizzle-orm';
import { createDatabase, type DatabaseHandle } from '../../db/client.ts';
import { startTemporaryPostgres, type TemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { cluster as clusterTable } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { newSealKeys } from '../../server/cluster/seal.ts';
import { createCluster } from '../../server/clusters/commands.ts';
import type { Context } from '../../server/context.ts';
import { createEnvironment } from '../../server/environments/commands.ts';
import { type ChangeHub, openChangeHub } from '../../server/http/change-hub.ts';
import { newId } from '../../server/id.ts';
import { openWorker, type Worker } from '../../server/reconciler/worker.ts';
import { createService } from '../../server/services/commands.ts';
import { ProjectFixture } from '../../server/test-fixture.ts';
import type { Lab } from './lab.ts';
import { modelSpec } from './product-spec.ts';

/** A Fairlead of its own inside the test's process: database, people and, when started, a worker. */
export class OwnFairlead {
  readonly fixture: ProjectFixture;
  clusterId = '';
  readonly #keys = newSealKeys();
  readonly #lab: Lab;
  readonly #postgres: TemporaryPostgres;
  readonly #handle: DatabaseHandle;
  readonly #hub: ChangeHub;
  readonly #workers: Worker[] = [];

  private constructor(lab: Lab, parts: [TemporaryPostgres, DatabaseHandle, ChangeHub, ProjectFixture]) {
    this.#lab = lab;
    [this.#postgres, this.#handle, this.#hub, this.fixture] = parts;
  }

  static async start(lab: Lab): Promise<OwnFairlead> {
    const postgres = await startTemporaryPostgres();
    await migrate(postgres.url);
    const handle = createDatabase(postgres.url);
    const hub = await openChangeHub(postgres.url);
    return new OwnFairlead(lab, [postgres, handle, hub, await ProjectFixture.create(handle.db)]);
  }

  get db() {
    return this.#handle.db;
  }

  admin(): Context {
    const { fixture } = this;
    const principal = { ...fixture.people.admin, instanceRoles: ['admin' as const] };
    return { ...fixture.as(principal), workerPublicKey: this.#keys.publicKey };
  }

  async register(token: string): Promise<void> {
    const { serverUrl, caPem } = this.#lab;
    const connection = { credential: 'token' as const, serverUrl, caPem, token };
    const { id } = await createCluster(this.admin(), { name: `lab-${newId().slice(-8)}`, connection });
    this.clusterId = id;
  }

  /** Ends the workers before it and starts one. */
  async startWorker(tokenRenewalShare?: number): Promise<void> {
    await this.#stopWorkers();
    await this.addWorker(tokenRenewalShare);
  }

  /** One more, which waits for the lease; the answer ends it. */
  async addWorker(tokenRenewalShare?: number): Promise<() => Promise<void>> {
    const share = tokenRenewalShare === undefined ? {} : { tokenRenewalShare };
    const { privateKey: workerPrivateKey } = this.#keys;
    const worker = await openWorker({ db: this.db, hub: this.#hub, workerPrivateKey, ...share });
    this.#workers.push(worker);
    return async () => {
      this.#workers.splice(this.#workers.indexOf(worker), 1);
      await worker.close();
    };
  }

  async #stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
  }

  /** A service in the namespace whose first version is approved by nobody's signature, so that its rollout starts. */
  async runService(name: string, namespace: string): Promise<string> {
    const { fixture } = this;
    const { environmentId } = await createEnvironment(this.admin(), {
      projectId: fixture.projectId,
      name: `e-${newId().slice(-8)}`,
      production: false,
      clusterId: this.clusterId,
      namespace,
      gateway: this.#lab.gateway,
      metricsSource: { kind: 'none' },
      policyId: fixture.openPolicyId,
    });
    return await this.addService(name, environmentId);
  }

  async addService(name: string, environmentId: string): Promise<string> {
    const { fixture } = this;
    const { serviceId } = await createService(fixture.as('operator'), {
      projectId: fixture.projectId,
      environmentId,
      name,
      spec: modelSpec(name),
      scaling: { kind: 'fixed', replicas: 1 },
      ownerUserId: fixture.people.operator.id,
    });
    await fixture.request(serviceId);
    return serviceId;
  }

  async row() {
    const rows = await this.db.select().from(clusterTable).where(eq(clusterTable.id, this.clusterId));
    const found = rows[0];
    if (found === undefined) throw new Error('The cluster has no row.');
    return found;
  }

  /** Codes of what the service waits for, as its page shows them; null before the first pass. */
  async blockersOf(serviceId: string) {
    const rows = await this.db.select().from(service).where(eq(service.id, serviceId));
    const parsed = serviceStatusSchema.safeParse(rows[0]?.status);
    return parsed.success ? parsed.data.blockers : null;
  }

  async environmentOf(serviceId: string): Promise<string> {
    const rows = await this.db.select().from(service).where(eq(service.id, serviceId));
    return rows[0]?.environmentId ?? '';
  }

  async stop(): Promise<void> {
    await this.#stopWorkers();
    await this.#hub.close();
    await this.#handle.close();
    await this.#postgres.remove();
  }
}
