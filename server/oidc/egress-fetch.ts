import type { CustomFetch } from 'openid-client';
import { createEgressClient, type EgressClient } from '../egress/request.ts';
import type { UrlRules } from '../egress/url-rules.ts';

/** For each request to a provider, from resolving its name to the last byte. */
export const providerTimeoutMs = 5_000;
/** Discovery documents and key sets are a few kB; a token with many groups some more. */
const mostBytes = 1024 * 1024;

/** How openid-client calls the network: through the outbound client, under its rules, capped in time and size. */
function egressFetch(client: EgressClient): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const answer = await client.send({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body === null || body === undefined ? {} : { body: textOf(body) }),
      ...(signal === undefined ? {} : { signal }),
      timeoutMs: providerTimeoutMs,
      maxBytes: mostBytes,
    });
    const bodiless = answer.status === 204 || answer.status === 304;
    return new Response(bodiless ? null : answer.text, {
      status: answer.status,
      headers: { 'content-type': answer.contentType },
    });
  };
}

/** Everything that an authorization code flow sends is a form. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('A provider is sent forms only.');
}

/** Runs with a client for one provider and closes it. */
export async function withEgress<Result>(
  rules: UrlRules & { readonly caPem?: string },
  run: (fetch: CustomFetch) => Promise<Result>,
): Promise<Result> {
  const client = createEgressClient(rules);
  try {
    return await run(egressFetch(client));
  } finally {
    await client.close();
  }
}
