import { and, count, eq, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { service } from '../../db/schema/services.ts';
import { share, shareSecret } from '../../db/schema/shares.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
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
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { notFound, rowProject } from '../rows/row-project.ts';
import { sealShareSecret } from '../rows/share-rows.ts';
import { refuseTemplateCharts } from '../rows/template-charts.ts';
import { newSecret, secretHash } from '../secret.ts';

const mostOfProject = 500;

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

const createSchema = z
  .object({
    projectId: idSchema,
    kind: z.enum(shareKinds),
    ...shareSettings,
    allowTimeRange: shareSettings.allowTimeRange.default(false),
    allowExport: shareSettings.allowExport.default([]),
    frameAncestors: shareSettings.frameAncestors.default([]),
    theme: shareSettings.theme.default('system'),
    charts: shareContentSchema.shape.charts,
    range: shareRangeSchema,
    expiresInDays: z.int().min(1).max(730).default(usualExpiryDays),
  })
  .superRefine((input, context) => {
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
  });

/** Makes a link, a signed embed or a picture and returns its secret, this once. */
export const createShare = command(
  {
    permission: 'shares.create',
    schema: createSchema,
    project: (_tx, input) => input.projectId,
    returnsSecret: true,
  },
  async ({ tx, input, projectId, principal, now, ctx }) => {
    await checkRoom(tx, projectId);
    for (const { spec } of input.charts) await checkSubjects(tx, { projectId, spec });
    await refuseTemplateCharts(tx, { projectId, principal, specs: input.charts.map(({ spec }) => spec) });
    const id = newId();
    const secret = newSecret();
    const isSigned = input.kind === 'signed';
    const expiresAt = new Date(now.getTime() + input.expiresInDays * dayMs);
    const { title, kind, labels, range, allowTimeRange, allowExport, theme } = input;
    const frameAncestors = [...new Set(input.frameAncestors)];
    await tx.insert(share).values({
      id,
      projectId,
      kind,
      title,
      content: { schema: 1, charts: input.charts },
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
    return {
      result: { shareId: id, secret, expiresAt },
      audit: [
        {
          object: { kind: 'share', id, name: title },
          sentence: `shared "${title}" outside (${kindWords[kind]})`,
          after: {
            kind,
            charts: input.charts,
            labels,
            range,
            frameAncestors,
            allowExport,
            allowTimeRange,
            expiresAt,
          },
        },
      ],
    };
  },
);

const kindWords = { share: 'link', signed: 'signed embed', picture: 'picture' };

export function noInstanceKey(): DomainError {
  return new DomainError({
    code: 'conflict',
    message: 'This instance has no key to keep the secret with.',
    fix: 'Set INSTANCE_KEY, as the guide for operators says, or share a link instead.',
  });
}

async function checkRoom(tx: Transaction, projectId: string): Promise<void> {
  const rows = await tx
    .select({ total: count() })
    .from(share)
    .where(and(eq(share.projectId, projectId), ne(share.status, 'revoked')));
  if (Number(rows[0]?.total ?? 0) >= mostOfProject)
    throw new DomainError({
      code: 'rateLimited',
      message: `A project shares at most ${mostOfProject} things at a time.`,
      fix: 'Revoke what nobody opens any more.',
    });
}

/** A chart of another project's service is "not found", as everywhere. */
async function checkSubjects(
  tx: Transaction,
  { projectId, spec }: { projectId: string; spec: ChartSpec },
): Promise<void> {
  if ('serviceId' in spec && spec.serviceId !== undefined)
    if ((await rowProject(tx, service, spec.serviceId)) !== projectId) throw notFound();
  if (spec.kind === 'budget' && (await rowProject(tx, budget, spec.budgetId)) !== projectId) throw notFound();
}
