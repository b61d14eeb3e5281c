import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import * as z from 'zod';
import { buildLab } from '../lab/build.ts';
import type { Lab } from '../lab/lab.ts';
import { ownNetwork, removeStaleLabs, runInNetwork } from '../lab/network.ts';
import { approve, type Product, registerTrained, startProduct } from '../lab/product.ts';
import { rolloutOf, rolloutUntil } from '../lab/product-rollout.ts';
import { modelSpec, quickPlan } from '../lab/product-spec.ts';
import { demandRequirements } from '../lab/requirements.ts';
import { startLab } from '../lab/start.ts';
import { waitFor } from '../lab/wait-for.ts';
import { type Finding, median, report, within } from './measure.ts';

/** The code of both processes is compiled while it runs, and each connection plans for itself; the first approvals are twice as slow. */
const warmUpRuns = 25;
const runs = 15;
/** People look at a request before they sign; a pass over the service takes less than this. */
const lookedAtMs = 500;

const eventSchema = z.object({
  type: z.string(),
  object: z.object({ metadata: z.object({ name: z.string().optional() }) }),
});

/** Tells when a Deployment of a namespace comes into being, as a watch of our own hears it (ms of this process's clock). */
class Arrivals {
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #stream: Readable;
  #closed = false;

  private constructor(stream: Readable) {
    this.#stream = stream;
  }

  static async open(lab: Lab, namespace: string): Promise<Arrivals> {
    const stream = await lab.api.stream(`/apis/apps/v1/namespaces/${namespace}/deployments?watch=1`);
    const arrivals = new Arrivals(stream);
    createInterface({ input: stream })
      .on('line', (line) => arrivals.#hear(line))
      .on('error', (error) => {
        if (!arrivals.#closed) throw error;
      });
    return arrivals;
  }

  /** Before the API server goes, which would end the process. */
  close(): void {
    this.#closed = true;
    this.#stream.destroy();
  }

  #hear(line: string): void {
    const now = performance.now();
    const { type, object } = eventSchema.parse(JSON.parse(line));
    if (type === 'ADDED') this.#waiting.get(object.metadata.name ?? '')?.(now);
  }

  /** The next one of this name: a revision that was aborted and asked for again keeps its number. */
  next(name: string): Promise<number> {
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }
}

/** From sending the last approval until the new revision's workload is on the API server, in ms. */
async function oneApproval(product: Product, arrivals: Arrivals, modelVersionId: string): Promise<number> {
  const { people, rest, serviceId, model } = product;
  const { promotionId, subjectDigest, revisionNumber } = await rest.requestPromotion(
    serviceId,
    modelVersionId,
  );
  await delay(lookedAtMs);
  await people.anna.promotions.approve.mutate({ promotionId, subjectDigest });
  await delay(lookedAtMs);
  const arrived = arrivals.next(`${model}-r${revisionNumber}`);
  const startedAt = performance.now();
  const answered = people.ben.promotions.approve.mutate({ promotionId, subjectDigest });
  const tookMs = (await within(arrived, 30_000, 'No workload came within 30 s of the approval.')) - startedAt;
  await answered;
  const rolloutId = await rolloutOf(product, promotionId);
  await people.operator.rollouts.abort.mutate({ rolloutId });
  await rolloutUntil(product, { rolloutId, what: 'the abort' }, (page) => page.endedAt !== null);
  await waitFor('the end of the revision', 30_000, async () => {
    const { status } = await deploymentStatus(product, revisionNumber);
    return status === 404 ? true : null;
  });
  return tookMs;
}

async function deploymentStatus({ lab, namespace, model }: Product, number: number) {
  return await lab.api.request(
    'GET',
    `/apis/apps/v1/namespaces/${namespace}/deployments/${model}-r${number}`,
  );
}

/** A workload as a revision has it, but for its replicas. */
function referenceDeployment(name: string, namespace: string): Record<string, unknown> {
  const matchLabels = { reference: name };
  const { spec } = modelSpec('reference').podTemplate;
  const template = { metadata: { labels: matchLabels }, spec };
  const metadata = { name, namespace };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 0, selector: { matchLabels }, template },
  };
}

/** What no implementation can do without: two commits of a row each, then one raw PATCH that creates a workload. */
async function oneReference({ lab, namespace }: Product, client: pg.Client, run: number): Promise<number> {
  const name = `reference-${run}`;
  const startedAt = performance.now();
  for (const commit of [1, 2]) {
    await client.query('begin');
    await client.query('insert into bench_reference (run, part) values ($1, $2)', [run, commit]);
    await client.query('commit');
  }
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { status } = await lab.api.apply(path, referenceDeployment(name, namespace));
  if (status !== 201) throw new Error(`The reference PATCH answered ${status}.`);
  return performance.now() - startedAt;
}

async function openReference({ processes }: Product): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: processes.databaseUrl });
  await client.connect();
  await client.query('create table bench_reference (run int, part int)');
  return client;
}

/** A first revision that is live, because most approvals replace one. */
async function goLive(product: Product): Promise<void> {
  const modelVersionId = await registerTrained(product, 1);
  const asked = await product.rest.requestPromotion(product.serviceId, modelVersionId);
  await approve(product, asked);
  const rolloutId = await rolloutOf(product, asked.promotionId);
  await rolloutUntil(product, { rolloutId, what: 'the first revision' }, (page) => page.endedAt !== null);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

async function measure(product: Product): Promise<Finding> {
  const reference = await openReference(product);
  const arrivals = await Arrivals.open(product.lab, product.namespace);
  await goLive(product);
  const modelVersionId = await registerTrained(product, 2);
  const figures: { ours: number; raw: number }[] = [];
  for (let run = 0; run < warmUpRuns + runs; run += 1) {
    const raw = await oneReference(product, reference, run);
    const ours = await oneApproval(product, arrivals, modelVersionId);
    if (run >= warmUpRuns) figures.push({ ours, raw });
  }
  arrivals.close();
  await reference.end();
  const ours = figures.map((figure) => figure.ours);
  const raw = median(figures.map((figure) => figure.raw));
  const detail = `p50 ${median(ours).toFixed(0)} ms (p90 ${quantile(ours, 0.9).toFixed(0)}) against ${raw.toFixed(1)} ms of two commits and one PATCH, ${runs} runs`;
  return {
    name: 'approve click until the object is applied',
    value: median(ours) / raw,
    limit: 3,
    unit: '×',
    detail,
  };
}

async function inside(): Promise<number> {
  const lab = await startLab();
  let product: Product | null = null;
  try {
    // Without traffic no check can pass, so the plan goes on at its deadline, which lets the first revision go live.
    const plan = quickPlan([50, 100], 1_000);
    const steps = plan.steps.map((step) => ({ ...step, minimumSamples: 0, deadlineMs: 1_000 }));
    product = await startProduct(lab, {
      model: 'latency',
      plan: { ...plan, steps, onDeadline: 'continue' },
    });
    await product.processes.startWorker();
    return report([await measure(product)], console.log) ? 0 : 1;
  } finally {
    await product?.stop();
    await lab.stop();
  }
}

if (ownNetwork() === null) {
  demandRequirements();
  await buildLab();
  await removeStaleLabs();
  process.exitCode = await runInNetwork(import.meta.filename, process.argv.slice(2));
} else process.exit(await inside());
