/** Why an outbound request was not made or gave no usable answer. */
export type EgressReason =
  | 'badUrl'
  | 'schemeRefused'
  | 'portRefused'
  | 'originRefused'
  | 'addressRefused'
  | 'nameUnknown'
  | 'redirect'
  | 'tooLarge'
  | 'timeout'
  | 'tls'
  | 'unreachable';

/** A typed failure of the outbound HTTP client; the message is a sentence that names the host, never a credential. */
export class EgressError extends Error {
  readonly reason: EgressReason;
  /** Whether the request may have arrived although its answer did not. */
  readonly mayHaveArrived: boolean;
  constructor(
    reason: EgressReason,
    message: string,
    options: ErrorOptions & { readonly mayHaveArrived?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'EgressError';
    this.reason = reason;
    this.mayHaveArrived = options.mayHaveArrived ?? false;
  }
}

const tlsSentences: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the CA that was given for it',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is not signed by the CA that was given for it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the CA that was given for it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the CA that was given for it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not the one that was given for it',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the CA that was given for it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not yet valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate was issued for another name',
};

const networkSentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

/** What ends a connection that stood: the request may have been on its way. */
const brokenCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const timeoutCodes = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** The chain of causes, outermost first; bounded, because causes may be circular. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < 8; ) {
    chain.push(next);
    if (next instanceof AggregateError && next.errors.length > 0) next = next.errors[0];
    else next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Whether it ended before there was a connection. */
function isConnecting(cause: unknown, code: string): boolean {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'connect';
}

/** Turns whatever undici, TLS or DNS threw into an EgressError about `host`; an EgressError inside is found and kept. */
export function egressErrorOf(error: unknown, host: string): EgressError {
  const chain = causes(error);
  const own = chain.find((cause) => cause instanceof EgressError);
  if (own !== undefined) return own;
  for (const cause of chain) {
    const code = codeOf(cause);
    const name = cause instanceof Error ? cause.name : '';
    if (name === 'TimeoutError' || timeoutCodes.has(code))
      return new EgressError('timeout', `${host} did not answer in time.`, {
        cause: error,
        mayHaveArrived: !isConnecting(cause, code),
      });
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
      return new EgressError('tooLarge', `The answer of ${host} is too large.`, {
        cause: error,
        mayHaveArrived: true,
      });
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return new EgressError('nameUnknown', `The name of ${host} cannot be resolved.`, { cause: error });
    const tls = tlsSentences[code];
    if (tls !== undefined || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
      return new EgressError('tls', `No secure connection to ${host}: ${tls ?? 'it does not speak TLS'}.`, {
        cause: error,
      });
    const network = networkSentences[code];
    if (network !== undefined)
      return new EgressError('unreachable', `${host} cannot be reached: ${network}.`, {
        cause: error,
        mayHaveArrived: brokenCodes.has(code),
      });
  }
  return new EgressError('unreachable', `${host} cannot be reached.`, { cause: error });
}
