import { and, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { share, shareSecret } from '../../db/schema/shares.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { dayMs, longestPictureDays } from '../../domain/share/share-expiry.ts';
import type { AuditDraft } from '../audit/append.ts';
import type { CommandRun } from '../command.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';
import { ownedBy, sealShareSecret } from '../rows/share-rows.ts';
import { newSecret, secretHash } from '../secret.ts';
import { noInstanceKey, shareSettings } from './create.ts';

export const ofShareSchema = z.object({ shareId: idSchema });
export const updateSchema = ofShareSchema.extend({
  ...z.object(shareSettings).partial().shape,
  expiresInDays: z.int().min(1).max(730).optional(),
});
export const rotateSchema = ofShareSchema.extend({ endOld: z.boolean().default(false) });
type OfShare = z.output<typeof ofShareSchema>;

/** Whose shares a command reaches: those of a project, or with null of the instance. */
type Owner = string | null;
type Done = { result: null; audit: [AuditDraft] };

/** On the database's clock: a token whose issuer's clock is 30 s ahead is older than this too. */
const revokedBeforeNow = sql`clock_timestamp() + interval '30 seconds'`;

/** The row, locked, as its owner may change it; throws notFound, or wrongState once it is revoked. */
async function locked(tx: Transaction, shareId: string, projectId: Owner) {
  const row = onlyRow(await tx.select().from(share).where(eq(share.id, shareId)).for('update'));
  if (row.projectId !== projectId) throw notFound();
  if (row.status === 'revoked')
    throw new DomainError({
      code: 'wrongState',
      message: 'It was revoked; that cannot be taken back.',
      fix: 'Share it again.',
    });
  return row;
}

const auditObject = (row: { id: string; title: string }) => ({
  kind: 'share' as const,
  id: row.id,
  name: row.title,
});

/** Changes how it looks, who may frame it and when it ends; what it shows stays. */
export async function updatedShare(
  { tx, input, now }: CommandRun<z.output<typeof updateSchema>>,
  projectId: Owner,
): Promise<Done> {
  const { shareId, expiresInDays, ...given } = input;
  const row = await locked(tx, shareId, projectId);
  if (row.kind === 'signed' && given.frameAncestors?.length === 0)
    throw new DomainError({
      code: 'invalidInput',
      message: 'Name the origin of the page that embeds it.',
      params: { field: 'frameAncestors' },
    });
  if (row.kind === 'picture' && (expiresInDays ?? 0) > longestPictureDays)
    throw new DomainError({
      code: 'invalidInput',
      message: `A picture ends after at most ${longestPictureDays} days.`,
      params: { field: 'expiresInDays' },
    });
  if (row.kind === 'picture' && given.allowExport !== undefined && given.allowExport.length !== 1)
    throw new DomainError({ code: 'invalidInput', message: 'A picture has one format.' });
  const change = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const expiresAt =
    expiresInDays === undefined ? row.expiresAt : new Date(now.getTime() + expiresInDays * dayMs);
  await tx
    .update(share)
    .set({ ...change, expiresAt, changedAt: now })
    .where(eq(share.id, shareId));
  return {
    result: null,
    audit: [
      {
        object: auditObject(row),
        sentence: `changed what is shared as "${row.title}"`,
        before: {
          title: row.title,
          labels: row.labels,
          frameAncestors: row.frameAncestors,
          allowExport: row.allowExport,
          expiresAt: row.expiresAt,
        },
        after: { ...change, expiresAt },
      },
    ],
  };
}

/** Paused it answers nothing until it is resumed. */
export async function pausedShare(
  { tx, input: { shareId }, now }: CommandRun<OfShare>,
  projectId: Owner,
  status: 'active' | 'paused',
): Promise<Done> {
  const row = await locked(tx, shareId, projectId);
  await tx.update(share).set({ status, changedAt: now }).where(eq(share.id, shareId));
  return {
    result: null,
    audit: [
      {
        object: auditObject(row),
        sentence: `${status === 'paused' ? 'paused' : 'resumed'} "${row.title}", shared outside`,
        before: { status: row.status },
        after: { status },
      },
    ],
  };
}

/**
 * A new secret, returned this once. Of a link or picture the old one ends at once; of a signed embed the one before stays
 * good, so that hosts can change over, unless `endOld` ends it with every token that it signed.
 */
export async function rotatedShare(
  { tx, input, now, ctx }: CommandRun<z.output<typeof rotateSchema>>,
  projectId: Owner,
): Promise<{ result: { shareId: string; secret: string }; audit: [AuditDraft] }> {
  const { shareId } = input;
  const row = await locked(tx, shareId, projectId);
  const secret = newSecret();
  if (row.kind === 'signed') {
    const rows = await tx
      .select({ kid: shareSecret.kid })
      .from(shareSecret)
      .where(eq(shareSecret.shareId, shareId))
      .orderBy(desc(shareSecret.kid));
    const kid = (rows[0]?.kid ?? 0) + 1;
    const sealed = sealShareSecret(ctx.instanceKeys ?? [], { shareId, kid, secret });
    if (sealed === null) throw noInstanceKey();
    await tx
      .update(shareSecret)
      .set({ retiredAt: now })
      .where(
        and(
          eq(shareSecret.shareId, shareId),
          isNull(shareSecret.retiredAt),
          ...(input.endOld ? [] : [ne(shareSecret.kid, kid - 1)]),
        ),
      );
    await tx.insert(shareSecret).values({ shareId, kid, sealed, createdAt: now });
  }
  await tx
    .update(share)
    .set({
      changedAt: now,
      ...(row.kind === 'signed' ? {} : { secretHash: secretHash(secret) }),
      ...(input.endOld ? { revokedBefore: revokedBeforeNow } : {}),
    })
    .where(eq(share.id, shareId));
  return {
    result: { shareId, secret },
    audit: [
      {
        object: auditObject(row),
        sentence: `gave "${row.title}", shared outside, a new secret${input.endOld ? ' and ended the old one' : ''}`,
        after: { endOld: input.endOld },
      },
    ],
  };
}

/** Ends it for good, at once, with every token there is. */
export async function revokedShare({ tx, input, now }: CommandRun<OfShare>, projectId: Owner): Promise<Done> {
  const row = await locked(tx, input.shareId, projectId);
  await revoke(tx, [row.id], now);
  return {
    result: null,
    audit: [
      {
        object: auditObject(row),
        sentence: `revoked "${row.title}", shared outside`,
        before: { status: row.status },
        after: { status: 'revoked' },
      },
    ],
  };
}

/** Ends all that the owner shares. */
export async function revokedAll(
  { tx, now }: CommandRun<unknown>,
  projectId: Owner,
): Promise<{ result: { count: number }; audit: [AuditDraft, ...AuditDraft[]] | 'nothingWritten' }> {
  const rows = await tx
    .select()
    .from(share)
    .where(and(ownedBy(projectId), ne(share.status, 'revoked')))
    .for('update');
  const [first, ...rest] = rows.map((row) => ({
    object: auditObject(row),
    sentence: `revoked "${row.title}", shared outside, with all else`,
    before: { status: row.status },
    after: { status: 'revoked' },
  }));
  if (first === undefined) return { result: { count: 0 }, audit: 'nothingWritten' };
  await revoke(
    tx,
    rows.map(({ id }) => id),
    now,
  );
  return { result: { count: rows.length }, audit: [first, ...rest] };
}

async function revoke(tx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  await tx
    .update(share)
    .set({ status: 'revoked', revokedBefore: revokedBeforeNow, changedAt: now })
    .where(inArray(share.id, [...ids]));
}
