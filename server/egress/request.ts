import { Buffer } from 'node:buffer';
import { type Dispatcher, request } from 'undici';
import { createEgressDispatcher, type Resolve } from './dispatcher.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { checkedUrl, type UrlRules } from './url-rules.ts';

type EgressRequest = {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from resolving the name to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};
type EgressAnswer = {
  readonly status: number;
  readonly contentType: string;
  /** As the header Retry-After has it; empty without one. */
  readonly retryAfter: string;
  readonly text: string;
};

/** Calls one URL under the rules; throws EgressError for everything but a complete answer of any status that is no redirect. */
export type EgressClient = {
  send(request: EgressRequest): Promise<EgressAnswer>;
  close(): Promise<void>;
};

async function readCapped(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
  host: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new EgressError('tooLarge', `The answer of ${host} is larger than ${maxBytes} bytes.`, {
        mayHaveArrived: true,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function send(dispatcher: Dispatcher, rules: UrlRules, input: EgressRequest): Promise<EgressAnswer> {
  const url = checkedUrl(input.url, rules);
  const timeout = AbortSignal.timeout(input.timeoutMs);
  try {
    const answer = await request(url, {
      dispatcher,
      method: input.method ?? 'GET',
      // A compressed answer could unpack to any size, so none is asked for and none is unpacked.
      headers: { ...input.headers, 'accept-encoding': 'identity' },
      body: input.body ?? null,
      signal: input.signal === undefined ? timeout : AbortSignal.any([timeout, input.signal]),
    });
    const { 'content-type': contentType, 'retry-after': retryAfter } = answer.headers;
    return {
      status: answer.statusCode,
      contentType: typeof contentType === 'string' ? contentType : '',
      retryAfter: typeof retryAfter === 'string' ? retryAfter : '',
      text: await readCapped(answer.body, input.maxBytes, url.host),
    };
  } catch (error) {
    if (timeout.aborted)
      throw new EgressError('timeout', `${url.host} did not answer within ${input.timeoutMs} ms.`, {
        cause: error,
        mayHaveArrived: true,
      });
    throw egressErrorOf(error, url.host);
  }
}

type ClientRules = UrlRules & {
  readonly resolve?: Resolve;
  /** The CA bundle that alone is trusted; the system's when absent. */
  readonly caPem?: string;
};

/** The outbound HTTP client for one class of addresses; keeps connections until closed. */
export function createEgressClient(rules: ClientRules): EgressClient {
  const dispatcher = createEgressDispatcher({ ...rules, maxResponseBytes: -1 });
  return {
    send: (input) => send(dispatcher, rules, input),
    close: () => dispatcher.destroy(),
  };
}
