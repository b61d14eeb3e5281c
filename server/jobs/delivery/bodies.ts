import { createHmac } from 'node:crypto';
import type { WebhookTarget } from '../../../domain/channel.ts';
import { type Message, messageText, repeatMark, type Told } from './message.ts';
import type { LinkedPicture } from './report-slack.ts';

/** What is sent to an HTTP receiver. */
export type HttpMessage = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const json = { 'content-type': 'application/json' };

/** Most characters of the text of a block of Slack, of a title and of the words for who does not see a picture. */
const slackMost = { text: 3_000, title: 2_000, words: 2_000 };

/**
 * A Slack incoming webhook takes a text; `&`, `<` and `>` are the only characters that Slack reads as its own. With pictures
 * it takes blocks, too, and Slack fetches each picture once and keeps it.
 */
export function slackMessage(
  url: string,
  message: Message,
  pictures: readonly Pick<LinkedPicture, 'title' | 'words' | 'url'>[] = [],
): HttpMessage {
  const plain = messageText(message);
  const text = slackText(plain);
  if (pictures.length === 0) return { url, headers: json, body: JSON.stringify({ text }) };
  const blocks = [
    { type: 'section', text: { type: 'mrkdwn', text: fittingText(plain) } },
    ...pictures.map((picture) => ({
      type: 'image',
      image_url: picture.url,
      alt_text: clipped(picture.words, slackMost.words),
      title: { type: 'plain_text', text: clipped(picture.title, slackMost.title) },
    })),
  ];
  return { url, headers: json, body: JSON.stringify({ text, blocks }) };
}

/** Cut before it is escaped, so that no escape is cut in half. */
function fittingText(plain: string): string {
  let shown = plain;
  while (slackText(shown).length > slackMost.text) shown = clipped(shown, shown.length - 100);
  return slackText(shown);
}

const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function ownEntry(told: Told) {
  const { noticeId, part, kind, severity, sentence, link, object, beganAt, endedAt, figures } = told;
  return { noticeId, part, kind, severity, sentence, link, object, beganAt, endedAt, figures };
}

/** Our own body: `data` is a list, because what waited for the end of quiet hours comes as one. */
function ownBody({ id, told, maybeRepeated }: Message, at: Date): string {
  const type = told.length > 1 ? 'notice.digest' : told[0].part === 'begin' ? 'notice.began' : 'notice.ended';
  const mark = { possiblyRepeated: maybeRepeated };
  return JSON.stringify({ schema: 1, type, id, timestamp: at, ...mark, data: told.map(ownEntry) });
}

/** Signs as Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`; the key is base64 behind `whsec_`. */
function signed(secret: string, { id, body, at }: { id: string; body: string; at: Date }) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
    'idempotency-key': id,
  };
}

function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function sourceOf({ figures }: Told): string {
  const names = [figures.service, figures.cluster, figures.environment];
  return names.find((name) => typeof name === 'string') ?? 'fairlead';
}

/** PagerDuty Events API v2: the end resolves what the beginning triggered, by the notice's id. */
function pagerDutyBody(routingKey: string, { told: [told], maybeRepeated, consoleUrl }: Message): string {
  const { part, noticeId, sentence, link, severity, kind, beganAt, figures } = told;
  const common = { routing_key: routingKey, dedup_key: noticeId };
  if (part === 'end') return JSON.stringify({ ...common, event_action: 'resolve' });
  return JSON.stringify({
    ...common,
    event_action: 'trigger',
    client: 'Fairlead',
    client_url: consoleUrl,
    links: [{ href: link, text: 'Open and acknowledge in Fairlead' }],
    payload: {
      summary: clipped(sentence, 1_024),
      source: sourceOf(told),
      severity: severity === 'high' ? 'critical' : 'warning',
      timestamp: beganAt.toISOString(),
      class: kind,
      custom_details: { ...figures, link, ...(maybeRepeated ? { note: repeatMark } : {}) },
    },
  });
}

/** Opsgenie Alert API: created under the notice's id as alias, and closed by it. */
function opsgenieMessage(target: WebhookTarget, key: string, message: Message): HttpMessage {
  const [told] = message.told;
  const { part, noticeId, sentence, link, severity, kind } = told;
  const headers = { ...json, authorization: `GenieKey ${key}` };
  if (part === 'end') {
    const url = `${target.url.replace(/\/$/, '')}/${noticeId}/close?identifierType=alias`;
    return { url, headers, body: JSON.stringify({ source: 'Fairlead', note: clipped(sentence, 25_000) }) };
  }
  const mark = message.maybeRepeated ? ` (${repeatMark})` : '';
  const body = {
    message: clipped(sentence, 130),
    alias: noticeId,
    description: clipped(`${sentence}\n${link}${mark}`, 15_000),
    priority: severity === 'high' ? 'P1' : 'P4',
    source: 'Fairlead',
    entity: clipped(sourceOf(told), 512),
    tags: [kind, severity],
    details: { link, kind, severity },
  };
  return { url: target.url, headers, body: JSON.stringify(body) };
}

/** The body of an Alertmanager webhook, version 4, with one alert. */
function alertmanagerBody({ told: [told], maybeRepeated, consoleUrl, channelName }: Message): string {
  const { part, noticeId, kind, severity, sentence, link, beganAt, endedAt, figures } = told;
  const status = part === 'end' ? 'resolved' : 'firing';
  const places = ['service', 'environment', 'cluster'].flatMap((name) =>
    typeof figures[name] === 'string' ? [[name, figures[name]] as const] : [],
  );
  const labels = { alertname: kind, severity, ...Object.fromEntries(places) };
  const mark = maybeRepeated ? { note: repeatMark } : {};
  const annotations = { summary: sentence, link, ...mark };
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{notice="${noticeId}"}`,
    truncatedAlerts: 0,
    status,
    receiver: channelName,
    groupLabels: { alertname: kind },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: consoleUrl,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: beganAt.toISOString(),
        endsAt: part === 'end' && endedAt !== null ? endedAt.toISOString() : '0001-01-01T00:00:00Z',
        generatorURL: link,
        fingerprint: noticeId.replaceAll('-', '').slice(-16),
      },
    ],
  });
}

/** The request of a webhook channel in the format that its receiver takes. */
export function webhookMessage(
  target: WebhookTarget,
  secret: string,
  { message, now }: { message: Message; now: Date },
): HttpMessage {
  const { url, format } = target;
  switch (format) {
    case 'pagerduty':
      return { url, headers: json, body: pagerDutyBody(secret, message) };
    case 'opsgenie':
      return opsgenieMessage(target, secret, message);
    case 'own':
    case 'alertmanager': {
      const body = format === 'own' ? ownBody(message, now) : alertmanagerBody(message);
      const { id, maybeRepeated } = message;
      const mark = maybeRepeated ? { 'x-fairlead-possibly-repeated': 'true' } : {};
      return { url, headers: { ...json, ...signed(secret, { id, body, at: now }), ...mark }, body };
    }
  }
}
