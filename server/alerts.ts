import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Queries, Transaction } from '../db/client.ts';
import { serviceAlert } from '../db/schema/alerts.ts';
import type { AlertStep } from '../domain/alert.ts';
import type { Notice } from '../domain/notice.ts';
import { systemPrincipal } from '../domain/principal.ts';
import { appendAudit } from './audit/append.ts';
import { newId } from './id.ts';
import { emitNotice, endNotice, type When } from './notice.ts';
import { noticePlace } from './rows/rollout-notices.ts';

export type OpenAlert = typeof serviceAlert.$inferSelect;
type AlertKind = OpenAlert['kind'];

export type AlertedService = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly name: string;
};

type AlertPlace = Pick<Awaited<ReturnType<typeof noticePlace>>, 'service' | 'environment' | 'production'>;

/** What was decided about one alert: its step, and in words what is seen now. */
export type AlertChange = {
  readonly kind: AlertKind;
  readonly key: string;
  readonly severity: OpenAlert['severity'];
  readonly open: OpenAlert | null;
  readonly step: AlertStep;
  /** Said when it starts, and when it is over. */
  readonly sentence: string;
  readonly figures: Readonly<Record<string, unknown>>;
  /** What people are told when it starts; its end is told to those who heard of that. */
  readonly notice: ((place: AlertPlace) => Notice) | null;
};

/** Open alerts of a service, of one kind. */
export async function openAlerts(queries: Queries, serviceId: string, kind: AlertKind): Promise<OpenAlert[]> {
  return await queries
    .select()
    .from(serviceAlert)
    .where(
      and(eq(serviceAlert.serviceId, serviceId), eq(serviceAlert.kind, kind), isNull(serviceAlert.endedAt)),
    );
}

/** Whether storing the change would write anything. */
export function changesAnything({ open, step }: AlertChange): boolean {
  if (step.told !== null) return true;
  return (open?.calmSince?.getTime() ?? null) !== (step.state?.calmSince?.getTime() ?? null);
}

/**
 * Stores what changed and tells people of it; returns what was told. Somebody else may have stored the same meanwhile:
 * then nothing is written or told twice. Call it before the audit entries.
 */
export async function storeAlerts(
  tx: Transaction,
  service: AlertedService,
  { changes, ...when }: When & { readonly changes: readonly AlertChange[] },
): Promise<AlertChange[]> {
  const told: AlertChange[] = [];
  for (const change of changes) {
    if (!(await store(tx, service, { change, now: when.now }))) continue;
    await tell(tx, service, { change, when });
    told.push(change);
  }
  return told;
}

/** Writes on the service's timeline what was told; last in the transaction. */
export async function auditAlerts(
  tx: Transaction,
  service: AlertedService,
  { told, now, origin }: When & { readonly told: readonly AlertChange[] },
): Promise<void> {
  if (told.length === 0) return;
  await appendAudit(tx, {
    projectId: service.projectId,
    actor: systemPrincipal,
    action: 'services.alert',
    now,
    origin,
    drafts: told.map((change) => ({
      object: { kind: 'service', id: service.serviceId, name: service.name },
      sentence: `${change.step.told === 'ended' ? 'saw the end of an alert on' : 'alerted about'} ${service.name}: ${change.sentence}`,
      after: { kind: change.kind, key: change.key, told: change.step.told, ...change.figures },
    })),
  });
}

/** Ends the alerts of these keys, because what they are about is no more. */
export async function endAlerts(
  tx: Transaction,
  of: { projectId: string; serviceId: string; kind: AlertKind; keys: readonly string[] },
  now: Date,
): Promise<void> {
  if (of.keys.length === 0) return;
  const ended = await tx
    .update(serviceAlert)
    .set({ endedAt: now })
    .where(
      and(
        eq(serviceAlert.serviceId, of.serviceId),
        eq(serviceAlert.kind, of.kind),
        inArray(serviceAlert.key, [...of.keys]),
        isNull(serviceAlert.endedAt),
      ),
    )
    .returning({ key: serviceAlert.key });
  for (const { key } of ended)
    await endNotice(tx, { projectId: of.projectId, dedupKey: dedupKeyOf(of.serviceId, { ...of, key }) }, now);
}

function dedupKeyOf(serviceId: string, { kind, key }: Pick<AlertChange, 'kind' | 'key'>): string {
  return `${kind}:${serviceId}:${key}`;
}

async function tell(
  tx: Transaction,
  { projectId, serviceId }: AlertedService,
  { change, when }: { change: AlertChange; when: When },
): Promise<void> {
  const dedupKey = dedupKeyOf(serviceId, change);
  if (change.step.told === 'ended') return void (await endNotice(tx, { projectId, dedupKey }, when.now));
  if (change.notice === null) return;
  const { service, environment, production } = await noticePlace(tx, serviceId);
  const notice = change.notice({ service, environment, production });
  await emitNotice(
    tx,
    { projectId, notice, object: { kind: 'service', id: serviceId }, serviceId, dedupKey },
    when,
  );
}

/** True when this is to be told. */
async function store(
  tx: Transaction,
  { projectId, serviceId }: AlertedService,
  { change, now }: { change: AlertChange; now: Date },
): Promise<boolean> {
  const { kind, key, severity, step, open, sentence } = change;
  if (open === null) {
    if (step.state === null) return false;
    const { startedAt, calmSince } = step.state;
    const figures = { schema: 1, ...change.figures };
    const row = {
      id: newId(),
      projectId,
      serviceId,
      kind,
      key,
      severity,
      sentence,
      startedAt,
      calmSince,
      figures,
    };
    const inserted = await tx
      .insert(serviceAlert)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: serviceAlert.id });
    return inserted.length > 0;
  }
  const set = step.state === null ? { endedAt: now } : { calmSince: step.state.calmSince };
  const updated = await tx
    .update(serviceAlert)
    .set(set)
    .where(and(eq(serviceAlert.id, open.id), isNull(serviceAlert.endedAt)))
    .returning({ id: serviceAlert.id });
  return updated.length > 0 && step.told !== null;
}
