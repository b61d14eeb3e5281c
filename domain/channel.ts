import * as z from 'zod';
import { type Notice, type Severity } from './notice.ts';
import { noticeKinds } from './notice-kind.ts';
import { quietHoursSchema } from './quiet-hours.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Whose body a webhook sends: our own, or what these systems accept. */
const webhookFormats = ['own', 'pagerduty', 'opsgenie', 'alertmanager'] as const;

const emailSchema = z.email('This is no e-mail address.').max(254);
const urlSchema = z
  .url({ protocol: /^https?$/, message: 'The address starts with https:// or http://.' })
  .max(2_000);
const hostSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9.:-]{1,253}$/, 'Give the name or address of the mail server, without port.');

const webhookSchema = z.object({
  kind: z.literal('webhook'),
  url: urlSchema,
  format: z.enum(webhookFormats),
});
const smtpSchema = z.object({
  kind: z.literal('smtp'),
  host: hostSchema,
  port: z.int().min(1).max(65_535),
  /** tls: from the first byte · startTls: required after the greeting · none: in the open. */
  security: z.enum(['tls', 'startTls', 'none']),
  /** Empty: nobody signs in. */
  username: z.string().max(200),
  from: emailSchema,
  /** Who hears everything that the channel hears. */
  to: z.array(emailSchema).max(20),
});

/** Where a channel leads, without anything that only the receiver and the worker may know. */
export const channelTargetSchema = z.discriminatedUnion('kind', [
  /** The path of a Slack webhook is its secret, so only the host is kept in the open. */
  z.object({
    kind: z.literal('slack'),
    host: z.string(),
    /** Weekly reports bring pictures, which Slack fetches by an address and keeps. */
    pictures: z.literal(true).optional(),
  }),
  webhookSchema,
  smtpSchema,
]);
export type ChannelTarget = z.output<typeof channelTargetSchema>;
export type SmtpTarget = z.output<typeof smtpSchema>;
export type WebhookTarget = z.output<typeof webhookSchema>;

/** What is typed in: a Slack channel by its whole URL (null keeps the stored one), the others as they are kept. */
export const channelDraftSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slack'), url: urlSchema.nullable(), pictures: z.boolean().default(false) }),
  webhookSchema,
  smtpSchema,
]);
export type ChannelDraft = z.output<typeof channelDraftSchema>;

/** Who hears what, and when. */
export const channelRulesSchema = z.object({
  severity: z.enum(['all', 'high']),
  /** Kinds that this channel does not tell; what later releases add is told. */
  muted: z.array(z.enum(noticeKinds)).max(noticeKinds.length),
  /** By e-mail only: also the owner of the Service, and those who may sign a request. */
  toOwner: z.boolean(),
  toSigners: z.boolean(),
  /** What is of low severity waits for their end. */
  quietHours: quietHoursSchema.nullable(),
});
export type ChannelRules = z.output<typeof channelRulesSchema>;

export const everything: ChannelRules = {
  severity: 'all',
  muted: [],
  toOwner: true,
  toSigners: true,
  quietHours: null,
};

type Told = { readonly notice: Notice; readonly severity: Severity };
/** E-mail addresses of those whom a notice concerns, as far as they have an account that is not disabled. */
export type Concerned = { readonly owner: string | null; readonly signers: readonly string[] };

/**
 * Receivers of a notice in a channel: none when it does not tell this; one without a name for a webhook; for e-mail one per
 * address, each once.
 */
export function receiversOf(
  { target, rules }: { target: ChannelTarget; rules: ChannelRules },
  { notice, severity }: Told,
  concerned: Concerned,
): string[] {
  if (rules.severity === 'high' && severity !== 'high') return [];
  // What keeps things open until they end has no use for what has no end.
  if (notice.kind === 'weeklyReport' && keepsOpen(target)) return [];
  if (rules.muted.some((kind) => kind === notice.kind)) return [];
  if (target.kind !== 'smtp') return [''];
  const owner = rules.toOwner && concerned.owner !== null ? [concerned.owner] : [];
  const signers = rules.toSigners && 'signerIds' in notice ? concerned.signers : [];
  return [...new Set([...target.to, ...owner, ...signers].map((address) => address.toLowerCase()))];
}

/** Whether the receiver keeps what is told open until it is told the end. */
export function keepsOpen(target: ChannelTarget): boolean {
  return target.kind === 'webhook' && target.format !== 'own';
}

/** Whether several messages may go out as one. */
export function takesDigests(target: ChannelTarget): boolean {
  return !keepsOpen(target);
}

/** What the secret of a channel is, in words; null when it has none. */
function secretWord(target: ChannelTarget): string | null {
  switch (target.kind) {
    case 'slack':
      return 'address of the Slack webhook';
    case 'smtp':
      return target.username === '' ? null : 'password';
    case 'webhook':
      switch (target.format) {
        case 'pagerduty':
          return 'routing key';
        case 'opsgenie':
          return 'API key';
        case 'own':
        case 'alertmanager':
          return 'signing secret';
      }
  }
}

/** Base64 of 24 to 64 bytes, as Standard Webhooks asks for. */
const signingSecret = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

/** Why a target cannot be used with this secret, or null; `kept` when a stored one stays. */
export function secretRefusal(target: ChannelTarget, secret: string | null, kept: boolean): Refusal | null {
  const word = secretWord(target);
  const no = (message: string) =>
    refusal({ code: 'invalidInput', message: `secret: ${message}`, params: { field: 'secret' } });
  if (word === null)
    return secret === null ? null : no('There is a password, but nobody signs in: give the user name.');
  if (secret === null)
    return kept ? null : no(`The ${word} is missing; it is typed in again for a new receiver.`);
  if (word === 'signing secret' && !signingSecret.test(secret))
    return no('A signing secret is whsec_ and 24 to 64 random bytes in base64.');
  return null;
}
