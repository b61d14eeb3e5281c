import type { ChannelDraft, ChannelRules, ChannelTarget } from '../../domain/channel.ts';
import type { noticeKinds } from '../../domain/notice-kind.ts';

/** A channel as its form holds it; the secret is empty until it is typed in anew. */
export type Draft = {
  readonly name: string;
  readonly kind: ChannelTarget['kind'];
  readonly url: string;
  /** Of Slack: pictures of the weekly report. */
  readonly pictures: boolean;
  readonly format: 'own' | 'pagerduty' | 'opsgenie' | 'alertmanager';
  readonly host: string;
  readonly port: string;
  readonly security: 'tls' | 'startTls' | 'none';
  readonly username: string;
  readonly from: string;
  readonly to: string;
  readonly secret: string;
  readonly severity: ChannelRules['severity'];
  readonly muted: readonly (typeof noticeKinds)[number][];
  readonly toOwner: boolean;
  readonly toSigners: boolean;
  readonly isQuiet: boolean;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly timeZone: string;
};

export const emptyDraft: Draft = {
  name: '',
  kind: 'slack',
  url: '',
  pictures: false,
  format: 'own',
  host: '',
  port: '587',
  security: 'startTls',
  username: '',
  from: '',
  to: '',
  secret: '',
  severity: 'all',
  muted: [],
  toOwner: true,
  toSigners: true,
  isQuiet: false,
  quietFrom: '22:00',
  quietTo: '07:00',
  timeZone: 'UTC',
};

type Stored = { readonly name: string; readonly target: ChannelTarget; readonly rules: ChannelRules };

export function draftOfChannel({ name, target, rules }: Stored): Draft {
  const { quietHours, severity, muted, toOwner, toSigners } = rules;
  const quiet =
    quietHours === null
      ? {}
      : { isQuiet: true, quietFrom: quietHours.from, quietTo: quietHours.to, timeZone: quietHours.timeZone };
  const common = { ...emptyDraft, name, severity, muted, toOwner, toSigners, ...quiet, kind: target.kind };
  switch (target.kind) {
    case 'slack':
      return { ...common, pictures: target.pictures === true };
    case 'webhook':
      return { ...common, url: target.url, format: target.format };
    case 'smtp': {
      const { host, port, security, username, from, to } = target;
      return { ...common, host, port: String(port), security, username, from, to: to.join(', ') };
    }
  }
}

function targetOf(draft: Draft): ChannelDraft {
  switch (draft.kind) {
    case 'slack':
      return {
        kind: 'slack',
        url: draft.url.trim() === '' ? null : draft.url.trim(),
        pictures: draft.pictures,
      };
    case 'webhook':
      return { kind: 'webhook', url: draft.url.trim(), format: draft.format };
    case 'smtp': {
      const { security, username, from } = draft;
      const to = draft.to.split(/[\s,;]+/).filter((address) => address !== '');
      const place = { host: draft.host.trim(), port: Number(draft.port) };
      return { kind: 'smtp', ...place, security, username: username.trim(), from: from.trim(), to };
    }
  }
}

/** What is sent to the server; a secret that was not typed in keeps the stored one. */
export function channelInput(draft: Draft) {
  const { severity, muted, toOwner, toSigners, isQuiet, quietFrom: from, quietTo: to, timeZone } = draft;
  return {
    name: draft.name.trim(),
    target: targetOf(draft),
    secret: draft.kind === 'slack' || draft.secret === '' ? null : draft.secret,
    rules: {
      severity,
      muted: [...muted],
      toOwner,
      toSigners,
      quietHours: isQuiet ? { from, to, timeZone: timeZone.trim() } : null,
    },
  };
}

/** Why it cannot be saved yet, or undefined; the server judges the rest. */
export function missingPart(draft: Draft, isNew: boolean): string | undefined {
  if (draft.name.trim() === '') return 'Give the channel a name.';
  if (draft.kind === 'slack')
    return isNew && draft.url.trim() === '' ? 'Paste the address of the Slack webhook.' : undefined;
  if (draft.kind === 'webhook') return draft.url.trim() === '' ? 'Say where the webhook leads.' : undefined;
  if (draft.host.trim() === '') return 'Name the mail server.';
  return draft.from.trim() === '' ? 'Say from which address the mail comes.' : undefined;
}

const formatSecrets: Record<Draft['format'], string> = {
  own: 'Signing secret',
  alertmanager: 'Signing secret',
  pagerduty: 'Routing key',
  opsgenie: 'API key',
};

/** The label of the secret, or null when the channel has none of its own. */
export function secretLabel({
  kind,
  format,
  username,
}: Pick<Draft, 'kind' | 'format' | 'username'>): string | null {
  if (kind === 'slack') return null;
  if (kind === 'smtp') return username.trim() === '' ? null : 'Password';
  return formatSecrets[format];
}

/** A fresh signing secret of 32 random bytes. */
export function newSigningSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
