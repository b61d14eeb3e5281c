import { and, eq, isNotNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { clusterRequest, environment } from '../../db/schema/environments.ts';
import { model } from '../../db/schema/models.ts';
import { service } from '../../db/schema/services.ts';
import { type Adoption, workloadKinds } from '../../domain/adoption.ts';
import { idSchema, modelNameSchema, serviceNameSchema } from '../../domain/name.ts';
import { DomainError, type Refusal, refusal } from '../../domain/refusal.ts';
import { defaultRolloutPlan } from '../../domain/rollout-plan.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import {
  adoptionRefusal,
  type Discovery,
  discoverySchema,
  serviceNameOf,
  soleImage,
  specOfWorkload,
  type Workload,
} from '../../domain/workload.ts';
import { managerText } from '../../domain/workload-manager.ts';
import { recordAdopted } from '../adopted-revision.ts';
import type { AuditDraft } from '../audit/append.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { type EnvironmentRef, environmentRefs } from '../rows/environment-refs.ts';
import { type KnownService, knownServices, watcherOf } from '../rows/known-services.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

const itemSchema = z.object({
  kind: z.enum(workloadKinds),
  name: z.string().min(1).max(253),
  /** The workload's name, cut to a DNS label, unless given. */
  serviceName: serviceNameSchema.optional(),
  /** An existing model of this name is used, else one is made; the workload's name unless given. */
  modelName: modelNameSchema.optional(),
});
type Item = z.output<typeof itemSchema>;

const adoptSchema = z.object({
  environmentId: idSchema,
  /** The look at which they were ticked: only what a worker saw can be adopted. */
  discoveryId: idSchema,
  items: z.array(itemSchema).min(1).max(200),
});

export type AdoptAnswer = {
  readonly kind: Item['kind'];
  readonly name: string;
  readonly serviceId: string | null;
  readonly serviceName: string;
  readonly refusal: Refusal | null;
};

type Batch = {
  readonly projectId: string;
  readonly place: EnvironmentRef;
  readonly by: string;
  readonly now: Date;
};

/** Makes services of what runs, in mode watched: nothing is written to the cluster for them, now or later. One answer per item. */
export const adoptServices = command(
  {
    permission: 'services.adopt',
    schema: adoptSchema,
    project: (tx, input) => rowProject(tx, environment, input.environmentId),
  },
  async ({ tx, input, projectId, principal, now }) => {
    const place = (await environmentRefs(tx, [input.environmentId]))(input.environmentId);
    const found = await discoveryOf(tx, place, input.discoveryId);
    refuseTwice(input.items);
    const known = await knownServices(tx, place.id);
    const batch: Batch = { projectId, place, by: principal.id, now };
    const taken = new Set(known.map((service) => service.name));
    const answers: AdoptAnswer[] = [];
    const drafts: AuditDraft[] = [];
    for (const item of input.items) {
      const { answer, audit } = await adoptOne(tx, batch, { item, found, known, taken });
      answers.push(answer);
      drafts.push(...audit);
    }
    const [first, ...rest] = drafts;
    if (first === undefined) throw new DomainError(answers[0]?.refusal ?? nothingThere(input.items[0]));
    return { result: { answers }, audit: [first, ...rest] };
  },
);

function refuseTwice(items: readonly Item[]): void {
  const distinct = new Set(items.map(({ kind, name }) => `${kind} ${name}`));
  if (distinct.size === items.length) return;
  throw new DomainError({ code: 'invalidInput', message: 'items: a workload is named twice.' });
}

async function discoveryOf(tx: Transaction, place: EnvironmentRef, id: string): Promise<Discovery> {
  const rows = await tx
    .select({ answer: clusterRequest.answer })
    .from(clusterRequest)
    .where(
      and(
        eq(clusterRequest.id, id),
        eq(clusterRequest.kind, 'discover'),
        eq(clusterRequest.clusterId, place.clusterId),
        isNotNull(clusterRequest.answeredAt),
        sql`${clusterRequest.requestedAt} > clock_timestamp() - interval '1 hour'`,
      ),
    );
  const found = discoverySchema.safeParse(rows[0]?.answer).data;
  if (found?.namespace === place.namespace) return found;
  throw new DomainError({
    code: 'conflict',
    message: 'This list of workloads is not the present one of the environment.',
    fix: 'Look again, then tick what should be watched.',
  });
}

function nothingThere(item: Pick<Item, 'kind' | 'name'> | undefined): Refusal {
  return refusal({
    code: 'notFound',
    message: `${item?.kind ?? 'The workload'} ${item?.name ?? ''} was not in the list.`,
    fix: 'Look again.',
  });
}

type Adopting = {
  readonly item: Item;
  readonly found: Discovery;
  readonly known: readonly KnownService[];
  /** Names of services in the environment; those of this batch are added. */
  readonly taken: Set<string>;
};

async function adoptOne(
  tx: Transaction,
  batch: Batch,
  { item, found, known, taken }: Adopting,
): Promise<{ answer: AdoptAnswer; audit: AuditDraft[] }> {
  const { kind, name } = item;
  const serviceName = item.serviceName ?? serviceNameOf(item);
  const refused = (no: Refusal) => ({
    answer: { kind, name, serviceId: null, serviceName, refusal: no },
    audit: [],
  });
  const workload = found.workloads.find(({ ref }) => ref.kind === kind && ref.name === name);
  if (workload === undefined) return refused(nothingThere(item));
  const no = adoptionRefusal(workload, watcherOf(known, item)?.name ?? null);
  const spec = specOfWorkload(workload);
  if (no !== null || spec === null) return refused(no ?? nothingThere(item));
  if (taken.has(serviceName)) return refused(nameTaken(serviceName, batch.place));
  taken.add(serviceName);
  const serviceId = newId();
  const modelId = await modelOf(tx, batch, item.modelName ?? name);
  const adoption = adoptionOf(workload, modelId);
  await insertService(tx, batch, { serviceId, serviceName, spec, adoption, workload });
  const answer = { kind, name, serviceId, serviceName, refusal: null };
  const audit = [watchEntry(batch, { serviceId, serviceName, adoption })];
  const image = soleImage(workload);
  if (image === null) return { answer, audit };
  const { projectId, by, now } = batch;
  const adopted = { projectId, serviceId, serviceName, modelId, number: 1, spec, image, by, now };
  return { answer, audit: [...audit, await recordAdopted(tx, adopted)] };
}

function nameTaken(name: string, place: EnvironmentRef): Refusal {
  return refusal({
    code: 'nameTaken',
    message: `There is a service "${name}" in ${place.name} already.`,
    fix: 'Give it another name.',
  });
}

async function modelOf(tx: Transaction, { projectId, by, now }: Batch, name: string): Promise<string> {
  await tx
    .insert(model)
    .values({ id: newId(), projectId, name, createdAt: now, createdBy: by })
    .onConflictDoNothing();
  const rows = await tx
    .select({ id: model.id })
    .from(model)
    .where(and(eq(model.projectId, projectId), eq(model.name, name)));
  return onlyRow(rows).id;
}

function adoptionOf(workload: Workload, modelId: string): Adoption {
  const { ref, container, selector, manager, services, route, routeSentence } = workload;
  return {
    schema: 1,
    workload: ref,
    container: container ?? '',
    selector,
    manager,
    services,
    route,
    routeSentence,
    modelId,
  };
}

type NewService = {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly spec: ServiceSpec;
  readonly adoption: Adoption;
  readonly workload: Workload;
};

async function insertService(
  tx: Transaction,
  { projectId, place, by, now }: Batch,
  { serviceId, serviceName, spec, adoption, workload }: NewService,
): Promise<void> {
  const inserted = await tx
    .insert(service)
    .values({
      id: serviceId,
      projectId,
      environmentId: place.id,
      name: serviceName,
      mode: 'watched',
      spec,
      scaling: { kind: 'fixed', replicas: Math.max(1, workload.desiredReplicas) },
      route: { hostnames: [], pathPrefix: '/' },
      defaultPlan: defaultRolloutPlan,
      adoption,
      createdAt: now,
      createdBy: by,
      nextReconcileAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: service.id });
  // Somebody was quicker; nothing of the batch is stored.
  if (inserted.length === 0) throw new DomainError(nameTaken(serviceName, place));
}

function watchEntry(
  { place }: Batch,
  { serviceId, serviceName, adoption }: Pick<NewService, 'serviceId' | 'serviceName' | 'adoption'>,
): AuditDraft {
  const { kind, name } = adoption.workload;
  return {
    object: { kind: 'service', id: serviceId, name: serviceName },
    sentence: `began to watch ${kind} ${name} in ${place.name} as ${serviceName}; managed ${adoption.manager.kind === 'kubectl' ? '' : 'by '}${managerText(adoption.manager)}`,
    after: { mode: 'watched', adoption, environmentId: place.id },
    related: [
      { kind: 'environment', id: place.id },
      { kind: 'model', id: adoption.modelId },
    ],
  };
}
