import { describe, expect, it } from 'vitest';
import { channelDraftSchema, channelRulesSchema, secretRefusal } from '../../domain/channel.ts';
import {
  channelInput,
  type Draft,
  draftOfChannel,
  emptyDraft,
  missingPart,
  newSigningSecret,
  secretLabel,
} from './channel-draft.ts';
import { whereText } from './channel-words.ts';

const mail: Draft = {
  ...emptyDraft,
  name: ' mail ',
  kind: 'smtp',
  host: 'smtp.example.test',
  username: 'fairlead',
  secret: 'x',
  from: 'a@example.test',
  to: 'b@example.test, c@example.test',
  isQuiet: true,
};
const hook: Draft = { ...emptyDraft, name: 'hook', kind: 'webhook', url: 'https://a.example.test/hook' };

describe('the form of a channel', () => {
  it.each([mail, hook, { ...emptyDraft, name: 'slack', url: 'https://hooks.slack.com/services/x' }])(
    'sends what the server takes',
    (draft) => {
      const input = channelInput(draft);
      expect(channelDraftSchema.safeParse(input.target).error).toBeUndefined();
      expect(channelRulesSchema.safeParse(input.rules).error).toBeUndefined();
      expect(missingPart(draft, true)).toBeUndefined();
    },
  );

  it('shows what is stored as it was typed in, but for the secret', () => {
    const { target, rules, name } = channelInput(mail);
    if (target.kind !== 'smtp') throw new Error('no mail');
    expect(draftOfChannel({ name, target, rules })).toEqual({ ...mail, name: 'mail', secret: '' });
  });

  it('asks for the secret by its name, and makes a signing secret that the server takes', () => {
    expect(secretLabel({ ...hook, format: 'pagerduty' })).toBe('Routing key');
    expect(secretLabel({ ...mail, username: '' })).toBeNull();
    const target = { kind: 'webhook', format: 'own', url: hook.url } as const;
    expect(secretRefusal(target, newSigningSecret(), false)).toBeNull();
  });

  it('says what is missing', () => {
    expect(missingPart({ ...hook, url: '' }, true)).toContain('webhook leads');
    expect(missingPart({ ...mail, host: '' }, true)).toContain('mail server');
    expect(missingPart(emptyDraft, true)).toContain('name');
  });

  it('says where a channel leads without its secret', () => {
    expect(whereText({ kind: 'slack', host: 'hooks.slack.com' })).toBe('hooks.slack.com');
    expect(whereText({ kind: 'webhook', url: hook.url, format: 'opsgenie' })).toBe(
      'a.example.test, Opsgenie',
    );
  });
});
