import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The most that any call may send. */
export const maxBodyBytes = 2 * 1024 * 1024;

export type Guard = {
  /** `host[:port]` values under which this console may be asked for; any other Host is refused (DNS rebinding). */
  readonly hosts: ReadonlySet<string>;
  readonly secure: boolean;
  readonly dev: boolean;
};

/** Headers of every answer; pages get a CSP with a nonce of their own on top. */
export function setCommonHeaders(res: ServerResponse, guard: Guard): void {
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('referrer-policy', 'same-origin');
  res.setHeader('cross-origin-opener-policy', 'same-origin');
  res.setHeader('cross-origin-resource-policy', 'same-origin');
  if (guard.secure) res.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
}

/** Overwrites whatever CSP the request brought, so that Next takes our nonce and no other, and sends the same one back. */
export function setPageCsp(req: IncomingMessage, res: ServerResponse, guard: Guard): void {
  const nonce = randomBytes(16).toString('base64');
  const csp = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${guard.dev ? " 'unsafe-eval'" : ''}`,
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  req.headers['content-security-policy'] = csp;
  req.headers['x-nonce'] = nonce;
  // Layouts are not told the address; the one that leads a stranger to the sign-in page needs it for the way back.
  req.headers['x-fairlead-path'] = req.url ?? '/';
  res.setHeader('content-security-policy', csp);
}

/** A sentence when the request must not be answered at all, or null. */
export function hostProblem(req: IncomingMessage, guard: Guard): string | null {
  const host = (req.headers.host ?? '').toLowerCase();
  return guard.hosts.has(host)
    ? null
    : `This console does not answer for the host "${host}". Set PUBLIC_URL to the address that browsers use.`;
}

/**
 * Why a state-changing request is refused, or null: it must be JSON, and one that a browser sent (cookie) must come from
 * our own origin. A request with a bearer token and no cookie needs no Origin.
 */
export function mutationProblem(
  req: IncomingMessage,
  guard: Guard,
): { status: number; message: string } | null {
  const contentType = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/json')
    return { status: 415, message: 'Send JSON (content-type: application/json).' };
  if ((req.headers['content-encoding'] ?? '') !== '')
    return { status: 415, message: 'Send the body uncompressed.' };
  const { origin } = req.headers;
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, message: 'This request comes from another site.' };
  if (origin !== undefined)
    return ownOrigin(origin, guard)
      ? null
      : { status: 403, message: 'This request comes from another origin.' };
  if (req.headers.cookie !== undefined)
    return { status: 403, message: 'A request with a cookie needs an Origin header.' };
  return null;
}

function ownOrigin(origin: string, guard: Guard): boolean {
  try {
    const url = new URL(origin);
    return guard.hosts.has(url.host) && (url.protocol === 'https:') === guard.secure;
  } catch {
    return false;
  }
}
