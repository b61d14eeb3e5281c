import { allRows } from '../../domain/drift/counters.ts';
import { foldAll } from '../ingest/folder.ts';
import { IngestFixture } from '../ingest/ingest-fixture.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { createToken } from '../tokens/commands.ts';
import { openSite, type RunningSite } from './site-fixture.ts';

type Sent = { readonly token?: string | null; readonly headers?: Record<string, string> };
export type IngestAnswer = { readonly status: number; readonly body: Record<string, unknown> };

/** For tests: the running HTTP side with a service that is counted, and a token that sends its rows. */
export class IngestSite {
  readonly running: RunningSite;
  readonly fixture: IngestFixture;
  /** Of the service. */
  token = '';
  #made = 0;

  private constructor(running: RunningSite, fixture: IngestFixture) {
    this.running = running;
    this.fixture = fixture;
  }

  static async open(): Promise<IngestSite> {
    const running = await openSite();
    const site = new IngestSite(running, await IngestFixture.create(running.test.db));
    await site.fixture.bin();
    site.token = (await site.tokenOf({ serviceId: site.fixture.serviceId })).secret;
    return site;
  }

  async tokenOf(choice: { serviceId: string } | { roles: ('viewer' | 'engineer')[] }) {
    const { project } = this.fixture;
    const { projectId } = project;
    const name = `sender ${this.next()}`;
    return await createToken(project.as('admin'), { projectId, name, expiresInDays: null, ...choice });
  }

  /** A number that was not given before. */
  next(): number {
    this.#made += 1;
    return this.#made;
  }

  batch(change: Record<string, unknown> = {}) {
    return {
      source: 'fraud/pod-7',
      batchId: `b${this.next()}`,
      revision: 1,
      rows: [{ f: { amount: 90, items: 2, country: 'DE' }, p: { score: 60 } }],
      ...change,
    };
  }

  async send(body: object | string, { token = this.token, headers = {} }: Sent = {}): Promise<IngestAnswer> {
    const by: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return await this.post('batch', body, { 'content-type': 'application/json', ...by, ...headers });
  }

  async post(path: string, body: object | string, headers: Record<string, string>): Promise<IngestAnswer> {
    const answer = await fetch(`${this.running.url}/api/ingest/v1/${path}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** Rows of a feature that are counted once everything is folded. */
  async rowsOf(name: string): Promise<number> {
    await foldAll(this.running.test.db);
    const { serviceId, binningId, revisionId, featureIds } = this.fixture;
    const now = Date.now();
    const counters = await readCounters(this.running.test.db, {
      serviceId,
      binningId,
      revisionIds: [revisionId],
      from: new Date(now - 8 * 86_400_000),
      to: new Date(now + 3_600_000),
    });
    const found = counters.get(featureIds.get(name) ?? '');
    return found === undefined ? 0 : allRows(found);
  }
}

/** For tests: the sentence of a refusal with its fix. */
export function messageOf({ body }: IngestAnswer): string {
  const error = body.error as { message: string; fix?: string | null };
  return `${error.message} ${error.fix ?? ''}`;
}
