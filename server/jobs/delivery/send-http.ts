import { type DeliveryAnswer, outcomeOfStatus, retryAfterMs } from '../../../domain/delivery.ts';
import { EgressError, type EgressReason } from '../../egress/egress-error.ts';
import { createEgressClient } from '../../egress/request.ts';
import type { UrlRules } from '../../egress/url-rules.ts';
import type { HttpMessage } from './bodies.ts';

/** What came of an attempt, and how long the receiver asked to be left alone. */
export type Attempt = { readonly answer: DeliveryAnswer; readonly askedMs: number };

const timeoutMs = 10_000;
const mostBytes = 64_000;
const mostText = 500;

/** These are about the address itself: no later attempt changes them. */
const forGood: readonly EgressReason[] = [
  'badUrl',
  'schemeRefused',
  'portRefused',
  'originRefused',
  'addressRefused',
  'redirect',
];

/** The answer as it may be kept: short, printable, and without what was secret in the request. */
export function keptText(text: string, secrets: readonly string[]): string {
  const clean = secrets
    .filter((secret) => secret.length > 3)
    .reduce((left, secret) => left.replaceAll(secret, '…'), text)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return clean.length <= mostText ? clean : `${clean.slice(0, mostText)}…`;
}

/** Sends once; every failure is an answer. */
export async function sendHttp(
  message: HttpMessage,
  {
    rules,
    secrets,
    method = 'POST',
  }: { rules: UrlRules; secrets: readonly string[]; method?: 'POST' | 'GET' },
): Promise<Attempt> {
  const { url, headers, body } = message;
  const client = createEgressClient(rules);
  const startedMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startedMs);
  try {
    const sent = method === 'GET' ? {} : { body };
    const { status, text, retryAfter } = await client.send({
      ...sent,
      url,
      method,
      headers,
      timeoutMs,
      maxBytes: mostBytes,
    });
    const outcome = outcomeOfStatus(status);
    return {
      answer: { schema: 1, outcome, status, text: keptText(text, secrets), tookMs: tookMs() },
      askedMs: retryAfterMs(retryAfter, new Date()),
    };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const outcome = forGood.includes(error.reason) ? 'refused' : error.mayHaveArrived ? 'lost' : 'failed';
    const text = keptText(error.message, secrets);
    return { answer: { schema: 1, outcome, status: null, text, tookMs: tookMs() }, askedMs: 0 };
  } finally {
    await client.close();
  }
}
