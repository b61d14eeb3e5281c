import { and, count, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { service } from '../../db/schema/services.ts';
import { share, shareSecret } from '../../db/schema/shares.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { frameOriginProblem } from '../../domain/share/frame-origin.ts';
import {
  shareContentSchema,
  shareFormats,
  shareKinds,
  shareLabelsSchema,
  shareRangeSchema,
  shareThemes,
} from '../../domain/share/share-content.ts';
import { dayMs, longestPictureDays, usualExpiryDays } from '../../domain/share/share-expiry.ts';
import { otherSideRefusal } from '../../domain/share/share-side.ts';
import type { AuditDraft } from '../audit/append.ts';
import { type CommandRun, command } from '../command.ts';
import { newId } from '../id.ts';
import { notFound, rowOwner } from '../rows/row-project.ts';
import { ownedBy, sealShareSecret } from '../rows/share-rows.ts';
import { refuseTemplateCharts } from '../rows/template-charts.ts';
import { newSecret, secretHash } from '../secret.ts';

const mostOfOne = 500;

const origin = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const problem = frameOriginProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** What may be changed later as well. */
export const shareSettings = {
  title: z.string().trim().min(1, 'Give it a title.').max(120, 'Use at most 120 characters.'),
  labels: shareLabelsSchema,
  allowTimeRange: z.boolean(),
  allowExport: z.array(z.enum(shareFormats)).max(4),
  frameAncestors: z.array(origin).max(20, 'List at most 20 origins.'),
  theme: z.enum(shareThemes),
};

const createFields = {
  kind: z.enum(shareKinds),
  ...shareSettings,
  allowTimeRange: shareSettings.allowTimeRange.default(false),
  allowExport: shareSettings.allowExport.default([]),
  frameAncestors: shareSettings.frameAncestors.default([]),
  theme: shareSettings.theme.default('system'),
  charts: shareContentSchema.shape.charts,
  range: shareRangeSchema,
  expiresInDays: z.int().min(1).max(730).default(usualExpiryDays),
};
const fieldsSchema = z.object(createFields);
type Fields = z.output<typeof fieldsSchema>;

function judgeFields(input: Fields, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (input.kind === 'signed' && input.frameAncestors.length === 0)
    refuse('frameAncestors', 'Name the origin of the page that embeds it.');
  if (input.kind !== 'picture') return;
  if (input.range.kind !== 'fixed') refuse('range', 'A picture has a fixed range.');
  if (input.allowExport.length !== 1) refuse('allowExport', 'A picture has one format.');
  if (input.charts.length !== 1) refuse('charts', 'A picture is of one chart.');
  if (input.expiresInDays > longestPictureDays)
    refuse('expiresInDays', `A picture ends after at most ${longestPictureDays} days.`);
}

/** Makes a link, a signed embed or a picture of charts of a project and returns its secret, this once. */
export const createShare = command(
  {
    permission: 'shares.create',
    schema: z.object({ projectId: idSchema, ...createFields }).superRefine(judgeFields),
    project: (_tx, input) => input.projectId,
    returnsSecret: true,
  },
  (run) => createdShare(run, run.projectId),
);

/** The same of charts of the instance. */
export const createInstanceShare = command(
  {
    permission: 'instanceShares.create',
    schema: fieldsSchema.superRefine(judgeFields),
    project: 'instance',
    returnsSecret: true,
  },
  (run) => createdShare(run, null),
);

async function createdShare(
  { tx, input, principal, now, ctx }: CommandRun<Fields>,
  projectId: string | null,
): Promise<{ result: { shareId: string; secret: string; expiresAt: Date }; audit: [AuditDraft] }> {
  await checkRoom(tx, projectId);
  for (const { spec } of input.charts) await checkSubjects(tx, { projectId, spec });
  if (projectId !== null)
    await refuseTemplateCharts(tx, { projectId, principal, specs: input.charts.map(({ spec }) => spec) });
  const id = newId();
  const secret = newSecret();
  const isSigned = input.kind === 'signed';
  const expiresAt = new Date(now.getTime() + input.expiresInDays * dayMs);
  const { title, kind, charts, labels, range, allowTimeRange, allowExport, theme } = input;
  const frameAncestors = [...new Set(input.frameAncestors)];
  await tx.insert(share).values({
    id,
    projectId,
    kind,
    title,
    content: { schema: 1, charts },
    labels,
    range,
    allowTimeRange,
    allowExport: [...new Set(allowExport)],
    frameAncestors,
    theme,
    expiresAt,
    status: 'active',
    secretHash: isSigned ? null : secretHash(secret),
    createdBy: principal.id,
    createdAt: now,
    changedAt: now,
  });
  if (isSigned) {
    const sealed = sealShareSecret(ctx.instanceKeys ?? [], { shareId: id, kid: 1, secret });
    if (sealed === null) throw noInstanceKey();
    await tx.insert(shareSecret).values({ shareId: id, kid: 1, sealed, createdAt: now });
  }
  const after = { kind, charts, labels, range, frameAncestors, allowExport, allowTimeRange, expiresAt };
  return {
    result: { shareId: id, secret, expiresAt },
    audit: [
      {
        object: { kind: 'share', id, name: title },
        sentence: `shared "${title}" outside (${kindWords[kind]})`,
        after,
      },
    ],
  };
}

const kindWords = { share: 'link', signed: 'signed embed', picture: 'picture' };

export function noInstanceKey(): DomainError {
  return new DomainError({
    code: 'conflict',
    message: 'This instance has no key to keep the secret with.',
    fix: 'Set INSTANCE_KEY, as the guide for operators says, or share a link instead.',
  });
}

async function checkRoom(tx: Transaction, projectId: string | null): Promise<void> {
  const rows = await tx
    .select({ total: count() })
    .from(share)
    .where(and(ownedBy(projectId), ne(share.status, 'revoked')));
  if (Number(rows[0]?.total ?? 0) >= mostOfOne)
    throw new DomainError({
      code: 'rateLimited',
      message: `${projectId === null ? 'The instance' : 'A project'} shares at most ${mostOfOne} things at a time.`,
      fix: 'Revoke what nobody opens any more.',
    });
}

/** Refuses a chart of the other side; one of a service or budget that is somebody else's is "not found", as everywhere. */
async function checkSubjects(
  tx: Transaction,
  { projectId, spec }: { projectId: string | null; spec: AnyChartSpec },
): Promise<void> {
  if (isOfInstance(spec) !== (projectId === null)) throw otherSideRefusal(projectId);
  if ('serviceId' in spec && spec.serviceId !== undefined)
    if ((await rowOwner(tx, service, spec.serviceId)) !== projectId) throw notFound();
  if ('budgetId' in spec && (await rowOwner(tx, budget, spec.budgetId)) !== projectId) throw notFound();
}
