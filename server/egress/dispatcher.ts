import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { addressRefusal } from './address-rules.ts';
import { classOf } from './allowances.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { refuseRedirects } from './refuse-redirects.ts';
import { bareHost, portRefusal, type UrlRules } from './url-rules.ts';

type ResolvedAddress = { readonly address: string; readonly family: number };
/** Every address of a name; rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export type DispatcherOptions = UrlRules & {
  /** The only origin (scheme, host, port) that is called; credentials of a cluster never leave for another one. */
  readonly origin?: string;
  /** The CA bundle that alone is trusted; the system's when absent. Verification cannot be switched off. */
  readonly caPem?: string;
  readonly connectTimeoutMs?: number;
  /** Bytes of one answer before decompression; -1 for streams that are capped by their reader. */
  readonly maxResponseBytes: number;
  readonly resolve?: Resolve;
};

const resolveBySystem: Resolve = (hostname) =>
  new Promise((done, fail) => {
    systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
      if (error === null) done(addresses);
      else fail(error);
    });
  });

/** Every address of a name, when all of them and the port may be called; throws EgressError otherwise. */
async function checkedAddresses(
  host: string,
  port: number,
  rules: UrlRules & { readonly resolve?: Resolve },
): Promise<readonly ResolvedAddress[]> {
  const { resolve = resolveBySystem } = rules;
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new EgressError('nameUnknown', `${host} has no address.`);
  for (const { address } of addresses) {
    const egressClass = classOf(rules, host, address);
    const refused = addressRefusal(address, egressClass);
    if (refused !== null) throw new EgressError('addressRefused', `${host}: ${refused}.`);
    const refusedPort = portRefusal(port, { ...rules, egressClass });
    if (refusedPort !== null) throw new EgressError('portRefused', refusedPort);
  }
  return addresses;
}

/**
 * The addresses that a host and port may be reached at under the rules, for what does not speak HTTP (SMTP): connect to
 * one of exactly these. Throws EgressError when there are none or any of them is refused.
 */
export async function resolveAllowed(
  { host, port }: { host: string; port: number },
  rules: UrlRules & { readonly resolve?: Resolve },
): Promise<readonly ResolvedAddress[]> {
  const bare = bareHost(host);
  const family = isIP(bare);
  const resolve: Resolve = async () => [{ address: bare, family }];
  try {
    return await checkedAddresses(bare, port, family === 0 ? rules : { ...rules, resolve });
  } catch (error) {
    throw egressErrorOf(error, bare);
  }
}

/** Resolves once, refuses the name when any of its addresses is refused, and hands net.connect exactly what was checked. */
function pinnedLookup(rules: UrlRules, port: number, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    checkedAddresses(hostname, port, { ...rules, resolve }).then(
      (addresses) => {
        const first = addresses[0];
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family ?? 4);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), '', 0),
    );
  };
}

function checkedConnector(options: DispatcherOptions): buildConnector.connector {
  // The lookup is not told the port, and an allowed range changes which ports may be called.
  const connectors = new Map<number, buildConnector.connector>();
  const connectorOf = (port: number): buildConnector.connector => {
    const present = connectors.get(port);
    if (present !== undefined) return present;
    const made = buildConnector({
      allowH2: false,
      timeout: options.connectTimeoutMs ?? 5_000,
      lookup: pinnedLookup(options, port, options.resolve ?? resolveBySystem),
      rejectUnauthorized: true,
      ...(options.caPem === undefined ? {} : { ca: options.caPem }),
    });
    connectors.set(port, made);
    return made;
  };
  return (target, callback) => {
    const scheme = target.protocol.replace(/:$/, '');
    const port = target.port === '' ? (scheme === 'https' ? 443 : 80) : Number(target.port);
    const host = bareHost(target.hostname);
    // A name is judged with its addresses by the lookup, which net.connect does not ask for an address.
    const refused = isIP(host) === 0 ? null : literalRefusal(host, port, options);
    if (!options.schemes.some((allowed) => allowed === scheme))
      callback(new EgressError('schemeRefused', `${scheme} is not called.`), null);
    else if (refused !== null) callback(refused, null);
    else connectorOf(port)(target, callback);
  };
}

function literalRefusal(host: string, port: number, rules: UrlRules): EgressError | null {
  const egressClass = classOf(rules, host, host);
  const refusedAddress = addressRefusal(host, egressClass);
  if (refusedAddress !== null) return new EgressError('addressRefused', `${refusedAddress}.`);
  const refusedPort = portRefusal(port, { ...rules, egressClass });
  return refusedPort === null ? null : new EgressError('portRefused', refusedPort);
}

function onlyOrigin(allowed: string): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    if (new URL(String(options.origin)).origin !== new URL(allowed).origin)
      throw new EgressError('originRefused', 'A request left for another server than the registered one.');
    return dispatch(options, handler);
  };
}

/**
 * The undici dispatcher that every outbound connection goes through (also client-node's): allowed schemes, ports and
 * addresses only, names resolved once and pinned, redirects refused, no proxy from the environment. Close it when done.
 */
export function createEgressDispatcher(options: DispatcherOptions): Dispatcher {
  const agent = new Agent({
    connect: checkedConnector(options),
    maxResponseSize: options.maxResponseBytes,
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
    keepAliveTimeout: 30_000,
  });
  const interceptors = options.origin === undefined ? [] : [onlyOrigin(options.origin)];
  return agent.compose(refuseRedirects, ...interceptors);
}
