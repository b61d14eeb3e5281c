import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { validationResult } from '../../../db/schema/data-quality.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { service } from '../../../db/schema/services.ts';
import { alertFactsSchema, type QualityFacts } from '../../../domain/drift/alert-facts.ts';
import { afterRun, type FailingSuite } from '../../../domain/quality/suite-course.ts';
import { failedExpectationSchema } from '../../../domain/quality/validation.ts';
import type { AuditDraft } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import type { When } from '../../notice.ts';
import { auditOpened, clearAlert, openAlert } from '../drift/alert-rows.ts';
import { repeat } from '../repeat.ts';

const lookEveryMs = 10_000;
const mostAtOnce = 500;
/** What was run earlier than this is history: it alerts nobody. */
const latenessMs = 24 * 3_600_000;

type Options = { readonly now?: Date; readonly origin?: 'live' | 'demo' };

/** Opens, keeps and closes the alert about the data of every service that sent validation results since the last look. */
export async function followValidations(db: Database, options: Options = {}): Promise<void> {
  const when = { now: options.now ?? (await databaseClock(db)), origin: options.origin ?? 'live' };
  const rows = await db
    .selectDistinct({ serviceId: validationResult.serviceId })
    .from(validationResult)
    .where(isNull(validationResult.followedAt));
  for (const { serviceId } of rows)
    try {
      await transaction(db, (tx) => followService(tx, serviceId, when));
    } catch (error) {
      log.error({ error, serviceId }, 'Validation results could not be looked at; it is tried again.');
    }
}

async function followService(tx: Transaction, serviceId: string, when: When): Promise<void> {
  const [of] = await tx
    .select({ projectId: service.projectId })
    .from(service)
    .where(eq(service.id, serviceId))
    .for('no key update');
  if (of === undefined) return;
  const runs = await tx
    .select()
    .from(validationResult)
    .where(and(eq(validationResult.serviceId, serviceId), isNull(validationResult.followedAt)))
    .orderBy(asc(validationResult.ranAt), asc(validationResult.id))
    .limit(mostAtOnce);
  const [open] = await tx
    .select()
    .from(driftAlert)
    .where(
      and(
        eq(driftAlert.serviceId, serviceId),
        eq(driftAlert.kind, 'dataQuality'),
        isNull(driftAlert.clearedAt),
      ),
    );
  const known = alertFactsSchema.safeParse(open?.facts).data;
  const before = known?.of === 'quality' ? known.suites : [];
  const told = runs.filter(
    ({ ranAt, suite }) =>
      ranAt.getTime() >= when.now.getTime() - latenessMs || before.some((one) => one.suite === suite),
  );
  const suites = told.reduce<readonly FailingSuite[]>((all, run) => {
    const { suite, evaluated, failed, ranAt } = run;
    const failing = z.array(failedExpectationSchema).parse(run.failing);
    return afterRun(all, { suite, evaluated, failed, failing, ranMs: ranAt.getTime() });
  }, before);
  const drafts: AuditDraft[] = [];
  const facts: QualityFacts = { schema: 1, of: 'quality', suites: [...suites] };
  if (open === undefined && suites.length > 0) {
    const fromAt = new Date(Math.min(...suites.map(({ sinceMs }) => sinceMs)));
    const { projectId } = of;
    const alert = { projectId, serviceId, kind: 'dataQuality', referenceId: null, facts, fromAt } as const;
    drafts.push(await openAlert(tx, alert, when));
  }
  if (open !== undefined && suites.length > 0)
    await tx.update(driftAlert).set({ facts }).where(eq(driftAlert.id, open.id));
  // What it was about stays on the page of an alert that is over.
  if (open !== undefined && suites.length === 0 && known !== undefined)
    drafts.push(await clearAlert(tx, open, { facts: known, now: when.now }));
  const ids = runs.map(({ id }) => id);
  await tx.update(validationResult).set({ followedAt: when.now }).where(inArray(validationResult.id, ids));
  await auditOpened(tx, of.projectId, { drafts, ...when });
}

/** Follows until `close`. */
export function startValidations(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs: lookEveryMs,
    run: () => followValidations(db),
    failed: 'Validation results could not be looked at; it is tried again.',
  });
}
