import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { guardedAction } from '../../db/schema/promotions.ts';
import { driftRebase } from '../../db/schema/rebases.ts';
import { service } from '../../db/schema/services.ts';
import type { RebaseSubject } from '../../domain/drift/rebase.ts';
import { idSchema } from '../../domain/name.ts';
import { type ApprovalProgress, approvalProgress, satisfiableRefusal } from '../../domain/policy.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { type CommandRun, command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { emitNotice, endNotice } from '../notice.ts';
import { signingMembers } from '../project-members.ts';
import { missingSignatures } from '../rows/budget-request-facts.ts';
import { dropNextBinning } from '../rows/next-binning.ts';
import { ownerOf } from '../rows/principal-refs.ts';
import { presentJudging, rebaseFacts, rebaseNoticeKey } from '../rows/rebase-facts.ts';
import { noticePlace } from '../rows/rollout-notices.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { lockFeatures } from '../store-features.ts';
import { activationTime } from './activation-time.ts';
import { windowCounters } from './window-counters.ts';

const wholeWeek = 7;
const schema = z
  .object({
    serviceId: idSchema,
    name: z.string().trim().min(1, 'Give the reference a name.').max(100),
    /** The window of its past, counted on the present bins. */
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    /** Instead: learn the bins anew, count on both for so many whole days, and compare with these. */
    newBinsDays: z
      .int()
      .min(wholeWeek, 'Real traffic is weekly: count a week on the new bins at the least.')
      .max(4 * wholeWeek)
      .optional(),
    /** Such a reference is of all hours, so only whole days and weeks are compared with it. */
    windowLength: z.enum(['day', 'week']).default('day'),
    reason: z.string().trim().min(1, 'Say why it is the new usual.').max(1_000),
  })
  .refine(
    ({ from, to, newBinsDays }) => (newBinsDays === undefined) === (from !== undefined && to !== undefined),
    {
      path: ['from'],
      message: 'Name either a window of its past, from and to, or how many days are counted on new bins.',
    },
  );
type Input = z.output<typeof schema>;

/** Asks to compare a service with another window of its past from then on; the signers of its environment decide. */
export const rebaseReference = command(
  {
    permission: 'references.rebase',
    schema,
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async (run) => {
    const { tx, input, projectId, principal, now } = run;
    await lockFeatures(tx, input.serviceId);
    const { name: serviceName } = onlyRow(
      await tx.select({ name: service.name }).from(service).where(eq(service.id, input.serviceId)),
    );
    const { from, to, newBinsDays = null } = input;
    const rows =
      from === undefined || to === undefined
        ? null
        : (await windowCounters(tx, { ...input, from, to }, now)).rows;
    const subject = await subjectOf(run);
    await endDead(run);
    const present = onlyRow([await presentJudging(tx, input.serviceId)].filter((one) => one !== null));
    const { rules } = present;
    const members = await signingMembers(tx, projectId);
    const people = { requesterUserId: ownerOf(principal), authorUserIds: [] };
    refuse(satisfiableRefusal(rules, members, people));
    const progress = approvalProgress(rules, { members, subject: people }, []);
    const isGranted = progress.satisfied;
    const state = isGranted ? ('approved' as const) : ('open' as const);
    const [actionId, rebaseId] = [newId(), newId()];
    const subjectDigest = digestOf(subject);
    await tx.insert(guardedAction).values({
      id: actionId,
      projectId,
      kind: subject.kind,
      subject,
      subjectDigest,
      policyRevisionId: subject.policyRevisionId,
      requestedBy: principal.id,
      requestedAt: now,
      expiresAt: new Date(now.getTime() + rules.expiresAfterMs),
    });
    const { serviceId, name, windowLength, reason } = input;
    await tx.insert(driftRebase).values({
      id: rebaseId,
      projectId,
      actionId,
      serviceId,
      name,
      fromAt: from === undefined ? null : new Date(from),
      toAt: to === undefined ? null : new Date(to),
      newBinsDays,
      windowLength,
      reason,
      state,
      requestedAt: now,
      decidedAt: isGranted ? now : null,
      activatesAt: isGranted && newBinsDays === null ? await activationTime(tx, serviceId, now) : null,
    });
    if (!isGranted) await tellSigners(run, { rebaseId, progress });
    const signed = isGranted ? '; the policy asks nobody, so it is approved' : '';
    return {
      result: { rebaseId, state, subjectDigest, rows },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: serviceName },
          sentence:
            rows === null
              ? `asked to learn the bins of ${serviceName} anew and to compare it with the first ${newBinsDays} days on them${signed}`
              : `asked to compare ${serviceName} with what it was sent from ${from} to ${to}: ${rows} rows${signed}`,
          after: { subject },
          comment: reason,
        },
      ],
    };
  },
);

/** Those who may sign hear of it; it is over once it was decided. */
async function tellSigners(
  { tx, input, projectId, principal, now, ctx }: CommandRun<Input>,
  { rebaseId, progress }: { rebaseId: string; progress: ApprovalProgress },
): Promise<void> {
  const { serviceId, name, reason } = input;
  const { service: of, environment, production } = await noticePlace(tx, serviceId);
  const notice = {
    kind: 'rebaseRequest',
    service: of,
    environment,
    production,
    name,
    reason,
    signatures: missingSignatures(progress),
    askedBy: principal.name,
    signerIds: progress.canStillSign.map(({ userId }) => userId),
  } as const;
  const object = { kind: 'references', id: serviceId } as const;
  const dedupKey = rebaseNoticeKey(rebaseId);
  await emitNotice(tx, { projectId, notice, object, serviceId, dedupKey }, { now, origin: ctx.origin });
}

async function subjectOf({ tx, input, projectId }: CommandRun<Input>): Promise<RebaseSubject> {
  const present = await presentJudging(tx, input.serviceId);
  if (present === null)
    throw new DomainError({
      code: 'wrongState',
      message: 'Nothing of the service is judged yet, so it is compared with nothing.',
      fix: 'Wait until its monitor is there, which takes seconds after its bins are learned.',
    });
  const { rules: _, ...judging } = present;
  const { serviceId, from = null, to = null, newBinsDays, windowLength } = input;
  const fields = { serviceId, windowLength, fromAt: from, toAt: to };
  const anew = newBinsDays === undefined ? {} : { newBinsDays };
  return { schema: 1, kind: 'rebase', projectId, ...fields, ...judging, ...anew };
}

/** One that lives is decided first; one that has expired or is void makes room. */
async function endDead({ tx, input, projectId, now }: CommandRun<Input>): Promise<void> {
  const facts = await rebaseFacts(tx, { serviceId: input.serviceId }, now);
  for (const { rebase, state } of facts) {
    if (state === 'open' || state === 'approved')
      throw new DomainError({
        code: 'conflict',
        message: `"${rebase.name}" was asked for already and is ${state === 'open' ? 'not decided' : 'about to take effect'}.`,
        fix: 'Decide or withdraw it first.',
      });
    if (state === rebase.state) continue;
    await tx.update(driftRebase).set({ state, decidedAt: now }).where(eq(driftRebase.id, rebase.id));
    await dropNextBinning(tx, rebase);
    await endNotice(tx, { projectId, dedupKey: rebaseNoticeKey(rebase.id) }, now);
  }
}
