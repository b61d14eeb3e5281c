import { and, eq, isNull, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { channel, delivery } from '../../db/schema/notices.ts';
import {
  type ChannelDraft,
  type ChannelTarget,
  channelDraftSchema,
  channelRulesSchema,
  channelTargetSchema,
  secretRefusal,
} from '../../domain/channel.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { isSameReceiver, sealChannelSecret } from '../channel-secret.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { emitNotice } from '../notice.ts';
import { refuseForbiddenAddress } from '../rows/forbidden-address.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';

const nameSchema = z.string().trim().min(1, 'Give the channel a name.').max(80);
const secretSchema = z
  .string()
  .regex(/^[^\p{Cc}]{1,4000}$/u, 'A secret is one line of at most 4000 characters.');

const channelFields = z.object({
  name: nameSchema,
  target: channelDraftSchema,
  /** Null keeps the stored one, as long as the receiver stays the same. */
  secret: secretSchema.nullish(),
  rules: channelRulesSchema,
});

const project = async (tx: Transaction, { channelId }: { channelId: string }) =>
  (await rowOf(tx, channelId)).projectId;

async function rowOf(tx: Transaction, channelId: string) {
  const own = and(eq(channel.id, channelId), isNull(channel.removedAt));
  const rows = await tx.select().from(channel).where(own).for('update');
  return onlyRow(rows);
}

type Stored = { readonly target: ChannelTarget; readonly sealedSecret: string | null };

/** Target and sealed secret as they are kept; a secret never follows a channel to another receiver. */
async function sealed(
  tx: Transaction,
  input: { channelId: string; target: ChannelDraft; secret: string | null; before: Stored | null },
  ctx: Context,
): Promise<Stored> {
  const { channelId, target: draft, before } = input;
  const slackUrl = draft.kind === 'slack' ? draft.url : null;
  const target = targetOf(draft, before);
  const address = 'host' in target && target.kind === 'smtp' ? target : { url: slackUrl ?? urlOf(target) };
  await refuseForbiddenAddress(tx, address, 'target');
  const secret = slackUrl ?? input.secret;
  const kept = before !== null && secret === null && isSameReceiver(before.target, target);
  refuse(secretRefusal(target, secret, kept && before.sealedSecret !== null));
  if (kept) return { target, sealedSecret: before.sealedSecret };
  if (secret === null) return { target, sealedSecret: null };
  return { target, sealedSecret: sealChannelSecret(ctx.workerPublicKey, secret, { channelId, target }) };
}

function urlOf(target: ChannelTarget): string {
  return target.kind === 'webhook' ? target.url : `https://${'host' in target ? target.host : ''}/`;
}

function targetOf(draft: ChannelDraft, before: Stored | null): ChannelTarget {
  if (draft.kind !== 'slack') return draft;
  const pictures = draft.pictures ? { pictures: true as const } : {};
  if (draft.url !== null) return { kind: 'slack', host: new URL(draft.url).host, ...pictures };
  if (before?.target.kind === 'slack') return { kind: 'slack', host: before.target.host, ...pictures };
  throw new DomainError({
    code: 'invalidInput',
    message: 'target: Paste the address of the Slack webhook.',
    params: { field: 'target' },
  });
}

async function refuseTakenName(tx: Transaction, projectId: string, own: { id: string; name: string }) {
  const rows = await tx
    .select({ id: channel.id })
    .from(channel)
    .where(
      and(
        eq(channel.projectId, projectId),
        eq(channel.name, own.name),
        isNull(channel.removedAt),
        ne(channel.id, own.id),
      ),
    );
  if (rows.length > 0)
    throw new DomainError({
      code: 'nameTaken',
      message: `There is a channel "${own.name}" already.`,
      params: { field: 'name' },
    });
}

/** What the audit keeps of a channel: never its secret. */
function kept({ target, rules, enabled }: { target: unknown; rules: unknown; enabled: boolean }) {
  return { target, rules, enabled };
}

export const createChannel = command(
  {
    permission: 'channels.create',
    schema: channelFields.extend({ projectId: idSchema }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, principal, projectId, now, ctx }) => {
    const { name, rules, secret = null } = input;
    const id = newId();
    await refuseTakenName(tx, projectId, { id, name });
    const stored = await sealed(tx, { channelId: id, target: input.target, secret, before: null }, ctx);
    const { kind } = stored.target;
    await tx.insert(channel).values({
      id,
      projectId,
      name,
      kind,
      ...stored,
      rules,
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { channelId: id },
      audit: [
        {
          object: { kind: 'channel', id, name },
          sentence: `added the channel ${name}`,
          after: kept({ target: stored.target, rules, enabled: true }),
        },
      ],
    };
  },
);

/** Changes what is given; turning it off takes back what still waits in it. */
export const updateChannel = command(
  {
    permission: 'channels.update',
    schema: channelFields.partial().extend({ channelId: idSchema, enabled: z.boolean().optional() }),
    project,
  },
  async ({ tx, input, projectId, ctx }) => {
    const row = await rowOf(tx, input.channelId);
    const { id } = row;
    const name = input.name ?? row.name;
    const enabled = input.enabled ?? row.enabled;
    const rules = input.rules ?? channelRulesSchema.parse(row.rules);
    await refuseTakenName(tx, projectId, { id, name });
    const before: Stored = {
      target: channelTargetSchema.parse(row.target),
      sealedSecret: row.sealedSecret,
    };
    if (input.target !== undefined && input.target.kind !== row.kind) throw notFound();
    const secret = input.secret ?? null;
    const stored =
      input.target === undefined
        ? before
        : await sealed(tx, { channelId: id, target: input.target, secret, before }, ctx);
    await tx
      .update(channel)
      .set({ name, enabled, rules, ...stored })
      .where(eq(channel.id, id));
    if (!enabled) await withdrawWaiting(tx, id);
    return {
      result: { channelId: id },
      audit: [
        {
          object: { kind: 'channel', id, name },
          sentence: enabled === row.enabled ? `changed the channel ${name}` : turned(name, enabled),
          before: kept(row),
          after: kept({ target: stored.target, rules, enabled }),
        },
      ],
    };
  },
);

function turned(name: string, enabled: boolean): string {
  return `turned the channel ${name} ${enabled ? 'on' : 'off'}`;
}

async function withdrawWaiting(tx: Transaction, channelId: string): Promise<void> {
  await tx
    .update(delivery)
    .set({ state: 'withdrawn' })
    .where(and(eq(delivery.channelId, channelId), eq(delivery.state, 'waiting')));
}

/** Takes a channel away with its secret; what it told stays on record. */
export const removeChannel = command(
  { permission: 'channels.remove', schema: z.object({ channelId: idSchema }), project },
  async ({ tx, input, now }) => {
    const row = await rowOf(tx, input.channelId);
    const { id, name } = row;
    await tx.update(channel).set({ removedAt: now, sealedSecret: null }).where(eq(channel.id, id));
    await withdrawWaiting(tx, id);
    return {
      result: null,
      audit: [
        {
          object: { kind: 'channel', id, name },
          sentence: `removed the channel ${name}`,
          before: kept(row),
        },
      ],
    };
  },
);

/** Sends one message, once, to where the channel leads (by e-mail also to who asks); the worker writes down what was answered. */
export const sendTest = command(
  { permission: 'channels.sendTest', schema: z.object({ channelId: idSchema }), project },
  async ({ tx, input, principal, projectId, now, ctx }) => {
    const { id, name } = await rowOf(tx, input.channelId);
    const noticeId = newId();
    await emitNotice(
      tx,
      {
        id: noticeId,
        projectId,
        notice: { kind: 'test', channel: name, by: principal.name, askedById: principal.id },
        object: { kind: 'channel', id },
        serviceId: null,
        dedupKey: `test:${noticeId}`,
      },
      { now, origin: ctx.origin },
    );
    return {
      result: { noticeId },
      audit: [
        {
          object: { kind: 'channel', id, name },
          sentence: `sent a test to the channel ${name}`,
          related: [{ kind: 'notice', id: noticeId }],
        },
      ],
    };
  },
);
