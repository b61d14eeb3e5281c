import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { account, principal, project } from '../../db/schema/identity.ts';
import { databaseClock } from '../clock.ts';
import { makeSignInLink } from '../sessions/sign-in.ts';
import { demoBoards } from './demo-boards.ts';
import { type DemoModel, type DemoPerson, demoEmail, demoModels, demoPeople } from './demo-catalogue.ts';
import { carefulPlan } from './demo-plan.ts';
import { demoPrices } from './demo-prices.ts';
import { DemoStage } from './demo-stage.ts';
import { DemoWorld } from './demo-world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How far back what the GPUs cost is known. */
const historyMs = 30 * 24 * hourMs;
/** The page of a version shows what a request and a token of it cost over so long. */
const costsMs = 7 * 24 * hourMs;
/** A pass stores at most twenty minutes of chart series, so the last hour is looked at this often. */
const chartPassMs = 19 * minuteMs;
/** How often a rollout is looked at whose course nobody follows any more: its steps last minutes. */
const pastPassMs = minuteMs;

/** True when nobody and nothing is in the database yet, so that the demo may be filled in. */
export async function mayFillDemo(db: Database): Promise<boolean> {
  const people = await db.select({ id: account.userId }).from(account).limit(1);
  const projects = await db.select({ id: project.id }).from(project).limit(1);
  return people.length === 0 && projects.length === 0;
}

/**
 * Fills an empty database with the demo: thirty days in which the first revisions served, and a day of history made by the
 * product's own commands and its own loop on an earlier clock, ending now with one canary under way. Every entry of it
 * carries `origin: demo`. What the thirty days cost is metered and sealed by the worker once it runs.
 */
export async function fillDemo(db: Database): Promise<void> {
  const end = await databaseClock(db);
  const before = (ms: number) => new Date(end.getTime() - ms);
  const stage = new DemoStage(db, before(historyMs));
  const world = await DemoWorld.build(stage);
  await demoPrices(world);
  await stage.open(world.clusterId);
  try {
    const services = await firstRevisions(world);
    await world.runJobs(services.fraud, end);
    const counted = before(26 * hourMs);
    await rolledBackYesterday(world, services.toxicity, before(24 * hourMs));
    const staged = await triedInStaging(world, before(6 * hourMs));
    await waitingForASignature(world, services.fraud, {
      modelVersionId: staged.fraud,
      at: before(3 * hourMs),
    });
    const all = [...Object.values(services), ...staged.serviceIds];
    await stage.runUntil(before(50 * minuteMs), all, { leastMs: 5 * minuteMs, restMs: 24 * hourMs });
    await stage.measureHours(services.documents, before(costsMs));
    await cannotDecide(world, services.documents);
    await stage.runUntil(before(5 * minuteMs), all, { leastMs: minuteMs, restMs: chartPassMs });
    const latency = { targetPercent: 95, slowerThanMs: 250 };
    await world.promise(services.churn, { errors: { targetPercent: 99 }, latency }, counted);
    await world.promise(services.fraud, { errors: { targetPercent: 99.3 } }, counted);
    await underWay(world, services.recommender);
    await stage.runUntil(end, [services.recommender], { leastMs: 10_000, restMs: minuteMs });
    await stage.meter();
    await waitingForBudget(world, services.search);
    await demoBoards(world, { at: before(9 * hourMs), text: 'Autumn campaign began' });
    await stage.runUntil(new Date(end.getTime() + 1), all, { leastMs: minuteMs, restMs: minuteMs });
  } finally {
    await stage.close();
  }
}

type Services = Record<keyof typeof demoModels, string>;

async function firstRevisions(world: DemoWorld): Promise<Services> {
  const ids: Partial<Services> = {};
  for (const key of Object.keys(demoModels) as (keyof typeof demoModels)[]) {
    const model = demoModels[key];
    let modelVersionId = '';
    for (let number = 1; number <= model.liveNumber; number += 1)
      modelVersionId = await world.register(model, number);
    const serviceId = await world.serve(model);
    await world.behave(serviceId, modelVersionId, model.behaviour);
    await world.promote({ serviceId, modelVersionId, note: 'First revision of the service.' }, [
      'lena',
      'priya',
    ]);
    ids[key] = serviceId;
  }
  const { stage } = world;
  const settled = new Date(stage.now.getTime() + 30 * minuteMs);
  await stage.runUntil(settled, Object.values(ids), { leastMs: pastPassMs, restMs: hourMs });
  return ids as Services;
}

async function rolledBackYesterday(world: DemoWorld, serviceId: string, at: Date): Promise<void> {
  const { stage } = world;
  stage.moveTo(at);
  const modelVersionId = await world.register(demoModels.toxicity, demoModels.toxicity.liveNumber + 1);
  await world.behave(serviceId, modelVersionId, { errorShare: 0.06, latencyMs: 30 });
  await world.promote({ serviceId, modelVersionId, note: 'Smaller tokenizer, half the memory.' }, [
    'omar',
    'priya',
  ]);
  const settled = new Date(at.getTime() + 20 * minuteMs);
  // Looked at often enough after the end, too, that stable's 100 % is measured.
  await stage.runUntil(settled, [serviceId], { leastMs: 10_000, restMs: 2 * minuteMs });
}

/** The next versions of two models serve in staging, one of which nobody has asked for in production yet. */
async function triedInStaging(world: DemoWorld, at: Date) {
  const { stage } = world;
  stage.moveTo(at);
  const serviceIds: string[] = [];
  const tried = async (model: DemoModel) => {
    const serviceId = await world.serve(model, 'staging');
    const modelVersionId = await world.register(model, model.liveNumber + 1);
    await world.behave(serviceId, modelVersionId, model.behaviour);
    await world.promote({ serviceId, modelVersionId, note: 'First look in staging.' }, []);
    serviceIds.push(serviceId);
    return modelVersionId;
  };
  const fraud = await tried(demoModels.fraud);
  await tried(demoModels.churn);
  const settled = new Date(at.getTime() + 20 * minuteMs);
  await stage.runUntil(settled, serviceIds, { leastMs: pastPassMs, restMs: hourMs });
  return { fraud, serviceIds };
}

type Waiting = { readonly modelVersionId: string; readonly at: Date };

async function waitingForASignature(
  world: DemoWorld,
  serviceId: string,
  { modelVersionId, at }: Waiting,
): Promise<void> {
  world.stage.moveTo(at);
  await world.promote(
    { serviceId, modelVersionId, note: 'Retrained on October; catches the new card-testing pattern.' },
    ['priya'],
  );
}

async function cannotDecide(world: DemoWorld, serviceId: string): Promise<void> {
  const modelVersionId = await world.register(demoModels.documents, demoModels.documents.liveNumber + 1);
  await world.behave(serviceId, modelVersionId, demoModels.documents.behaviour);
  await world.promote({ serviceId, modelVersionId, note: 'Adds the invoice class.' }, ['omar', 'priya']);
}

/** Signed and approved, but its week is nearly spent: it starts by itself when enough of it has passed. */
async function waitingForBudget(world: DemoWorld, serviceId: string): Promise<void> {
  const { search } = demoModels;
  const modelVersionId = await world.register(search, search.liveNumber + 1);
  await world.behave(serviceId, modelVersionId, search.behaviour);
  await world.limitSearch(modelVersionId);
  const note = 'Ranks by margin as well; trained for a day last week.';
  await world.promote({ serviceId, modelVersionId, note, plan: carefulPlan }, ['lena', 'priya']);
}

async function underWay(world: DemoWorld, serviceId: string): Promise<void> {
  const modelVersionId = await world.register(demoModels.recommender, demoModels.recommender.liveNumber + 1);
  await world.behave(serviceId, modelVersionId, { latencyMs: 85 });
  await world.promote({ serviceId, modelVersionId, note: 'Two-tower retrieval with fresher embeddings.' }, [
    'lena',
    'omar',
  ]);
}

/** A one-time sign-in link for each of the demo's people, Lena's first; empty when the demo is not in this database. */
export async function demoSignInLinks(db: Database, address: string): Promise<string[]> {
  const lines: string[] = [];
  for (const person of Object.keys(demoPeople) as DemoPerson[]) {
    const rows = await db
      .select({ userId: account.userId, name: principal.name })
      .from(account)
      .innerJoin(principal, eq(principal.id, account.userId))
      .where(eq(account.email, demoEmail(person)));
    const found = rows[0];
    if (found === undefined) continue;
    const secret = await makeSignInLink(db, found.userId, 24);
    lines.push(`  ${found.name} (${demoPeople[person].roles.join(', ')}): ${address}/sign-in#link=${secret}`);
  }
  return lines;
}
