import { and, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { driftReference } from '../../db/schema/drift.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service } from '../../db/schema/services.ts';
import type { Counters } from '../../domain/drift/counters.ts';
import { valueCloak } from '../../domain/drift/hidden-value.ts';
import { identifierLook } from '../../domain/drift/identifier-like.ts';
import type { TrainingColumn, TrainingCounts } from '../../domain/drift/training-census.ts';
import { learnedFromTraining, trainingCounters } from '../../domain/drift/training-counters.ts';
import { trainingCountsSchema } from '../../domain/drift/training-schema.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { type CommandRun, command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { activeBinnings, type CountedFeature } from '../rows/active-binning.ts';
import { referenceColumn } from '../rows/reference-counters.ts';
import { notFound, onlyRow, rowProject } from '../rows/row-project.ts';
import { valueHider } from '../rows/value-key.ts';
import {
  extendBinnings,
  featureRows,
  insertBinning,
  lockFeatures,
  type NamedColumn,
  storeColumns,
} from '../store-features.ts';
import { type WindowCounters, windowCounters } from './window-counters.ts';

const common = {
  serviceId: idSchema,
  name: z.string().trim().min(1, 'Give the reference a name.').max(100),
};

const schema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('training'),
    modelVersionId: idSchema.nullable().default(null),
    counts: trainingCountsSchema,
  }),
  z.object({
    ...common,
    kind: z.literal('fixedWindow'),
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
  }),
]);
type Input = z.output<typeof schema>;
type Run = CommandRun<Input>;

/** What a new reference is made of, and what was left out of it. */
type Made = WindowCounters & {
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
};

/**
 * Makes what the present is compared with: counts of training data, on the bins of the service or, where it has none, on
 * those that come with them; or a window of its own past. One of the same kind is there once: the training data of another
 * version takes the place of the one before, which is kept.
 */
export const createReference = command(
  {
    permission: 'references.create',
    schema,
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async (run) => {
    const { tx, input, projectId, principal, now } = run;
    await lockFeatures(tx, input.serviceId);
    const { name: serviceName } = onlyRow(
      await tx.select({ name: service.name }).from(service).where(eq(service.id, input.serviceId)),
    );
    await refuseSecond(tx, input);
    const version = input.kind === 'training' ? await versionOf(run, input.modelVersionId) : null;
    const made =
      input.kind === 'training'
        ? await fromTraining(run, input.counts)
        : { ...(await windowCounters(tx, input, now)), leftOut: [] };
    const { binningId, rows, counters, leftOut } = made;
    const referenceId = newId();
    const column = referenceColumn(counters);
    await tx.update(driftReference).set({ replacedAt: now }).where(currentOf(input));
    await tx.insert(driftReference).values({
      id: referenceId,
      projectId,
      serviceId: input.serviceId,
      binningId,
      kind: input.kind,
      name: input.name,
      modelVersionId: input.kind === 'training' ? input.modelVersionId : null,
      fromAt: input.kind === 'fixedWindow' ? new Date(input.from) : null,
      toAt: input.kind === 'fixedWindow' ? new Date(input.to) : null,
      counters: input.kind === 'training' ? column : null,
      rows,
      sourceDigest: digestOf(column),
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { referenceId, features: counters.size, rows, leftOut },
      audit: [
        {
          object: { kind: 'service', id: input.serviceId, name: serviceName },
          sentence: `made the reference "${input.name}" of ${serviceName} from ${whatOf(input, version)}: ${rows} rows, ${counters.size} features`,
          after: { referenceId, kind: input.kind, rows, digest: digestOf(column) },
        },
      ],
    };
  },
);

function whatOf(input: Input, version: string | null): string {
  if (input.kind === 'fixedWindow') return `what it was sent from ${input.from} to ${input.to}`;
  return version === null ? 'training data' : `the training data of ${version}`;
}

const currentOf = ({ serviceId, kind }: Input) =>
  and(
    eq(driftReference.serviceId, serviceId),
    eq(driftReference.kind, kind),
    isNull(driftReference.replacedAt),
  );

/** Another reference in place of one that alerts are judged against is a decision of its own. */
async function refuseSecond(tx: Transaction, input: Input): Promise<void> {
  const [present] = await tx.select().from(driftReference).where(currentOf(input));
  if (present === undefined) return;
  const modelVersionId = input.kind === 'training' ? input.modelVersionId : null;
  if (modelVersionId !== null && modelVersionId !== present.modelVersionId) return;
  throw new DomainError({
    code: 'conflict',
    message: `The service is compared with "${present.name}" already.`,
    params: { referenceId: present.id },
    fix:
      input.kind === 'training'
        ? 'Say of which other model version the data is.'
        : 'Keep it, or compare with the same hours of the last four weeks.',
  });
}

async function versionOf({ tx, projectId }: Run, modelVersionId: string | null): Promise<string | null> {
  if (modelVersionId === null) return null;
  const row = onlyRow(
    await tx
      .select({ projectId: modelVersion.projectId, model: model.name, number: modelVersion.number })
      .from(modelVersion)
      .innerJoin(model, eq(model.id, modelVersion.modelId))
      .where(eq(modelVersion.id, modelVersionId)),
  );
  if (row.projectId !== projectId) throw notFound();
  return `${row.model} ${row.number}`;
}

async function fromTraining(run: Run, counts: TrainingCounts): Promise<Made> {
  const { tx, input, projectId, principal, now } = run;
  const place = { projectId, serviceId: input.serviceId, now };
  const [active] = await activeBinnings(tx, input.serviceId);
  const bins = new Map(active?.features.flatMap((one) => namesOf(one).map((name) => [name, one])));
  const known = await featureRows(tx, input.serviceId);
  const fresh = counts.columns
    .filter(({ name }) => !bins.has(name) && known.get(name)?.state !== 'ignored')
    .flatMap((column) => newColumn(column, known.get(column.name)?.state === 'counted'));
  const added = await storeColumns(tx, place, fresh);
  if (active === undefined && added.length === 0)
    throw new DomainError({
      code: 'invalidInput',
      message: 'No column of the table can be counted.',
      fix: 'Let an admin map those that look like identifiers, or leave them out.',
    });
  if (active !== undefined && added.length > 0) await extendBinnings(tx, input.serviceId, added);
  const binningId =
    active?.binningId ??
    (await insertBinning(tx, place, { features: added, state: 'active', by: principal.id })).binningId;
  for (const feature of added) bins.set(feature.name, { ...feature, aliases: [] });
  return { binningId, rows: counts.rows, ...(await countColumns(run, counts, bins)) };
}

const namesOf = ({ name, aliases }: CountedFeature) => [name, ...aliases];

/** What clients let through is looked at again: their rules may be older. */
function newColumn(column: TrainingColumn, mapped: boolean): NamedColumn[] {
  const { name, place } = column;
  const look =
    column.kind === 'values' && !mapped ? identifierLook(column.values.map(([text]) => text)) : null;
  const found = learnedFromTraining(look === null ? column : { name, place, kind: 'refused', why: look });
  return found === null ? [] : [{ name, place, found }];
}

async function countColumns(
  { tx, projectId }: Run,
  { columns, rows }: TrainingCounts,
  bins: ReadonlyMap<string, CountedFeature>,
) {
  const hide = await valueHider(tx, projectId);
  const counters = new Map<string, Counters>();
  const leftOut: { name: string; why: string }[] = [];
  for (const column of columns) {
    const { name } = column;
    const feature = bins.get(name);
    if (feature === undefined) {
      leftOut.push({
        name,
        why: column.kind === 'refused' ? column.why : 'It is ignored, or an admin has to map it.',
      });
      continue;
    }
    const { binning, featureId } = feature;
    const found = trainingCounters(column, binning, { rows, cloak: valueCloak(binning, hide) });
    if (typeof found !== 'string') counters.set(featureId, found);
    else
      throw new DomainError({
        code: 'invalidInput',
        message: `${name}: ${found}`,
        params: { field: 'counts', column: name },
        fix: 'Count the table again; nothing of it was taken.',
      });
  }
  if (counters.size === 0)
    throw new DomainError({
      code: 'invalidInput',
      message: 'No column of the table is a feature of the service.',
      fix: 'Let an admin map the columns first.',
    });
  return { counters, leftOut };
}
