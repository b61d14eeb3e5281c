import { isIP } from 'node:net';
import { addressRefusal, type EgressClass } from './address-rules.ts';
import { classOf } from './allowances.ts';
import { EgressError } from './egress-error.ts';

export type UrlRules = {
  readonly egressClass: EgressClass;
  /** Schemes without the colon; https only unless an admin said otherwise. */
  readonly schemes: readonly ('https' | 'http')[];
  /** Hosts and ranges that an instance admin allowed: for them the class `user` becomes `registered`. */
  readonly allowances?: readonly string[];
  /** Allowed ports; by default 443 (and 80) and, for registered endpoints, every port from 1024. */
  readonly ports?: readonly number[];
};

/** Host of a URL without brackets, as net.connect takes it. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export function portRefusal(port: number, rules: UrlRules): string | null {
  const allowed =
    rules.ports === undefined
      ? port === 443 ||
        (port === 80 && rules.schemes.includes('http')) ||
        (rules.egressClass === 'registered' && port >= 1024 && port <= 65_535)
      : rules.ports.includes(port);
  return allowed ? null : `Port ${port} is not allowed for outgoing requests.`;
}

function isAllowedScheme(protocol: string, rules: UrlRules): boolean {
  return rules.schemes.some((scheme) => `${scheme}:` === protocol);
}

/** The URL when it may be called at all; what its name resolves to is checked at connect. Throws EgressError. */
export function checkedUrl(text: string, rules: UrlRules): URL {
  if (!URL.canParse(text)) throw new EgressError('badUrl', 'This is not a URL.');
  const url = new URL(text);
  if (!isAllowedScheme(url.protocol, rules))
    throw new EgressError('schemeRefused', `Only ${rules.schemes.join(' and ')} URLs are called.`);
  if (url.username !== '' || url.password !== '')
    throw new EgressError('badUrl', 'A URL with a user name or password in it is not called.');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = bareHost(url.hostname);
  const isName = isIP(host) === 0;
  const egressClass = classOf(rules, host, isName ? null : host);
  const refusedAddress = isName ? null : addressRefusal(host, egressClass);
  if (refusedAddress !== null) throw new EgressError('addressRefused', `${refusedAddress}.`);
  // A name may lie in an allowed range; its port is then judged with its address, at connect.
  const mayLieInRange = isName && (rules.allowances ?? []).some((entry) => entry.includes('/'));
  const refusedPort = portRefusal(port, {
    ...rules,
    egressClass: mayLieInRange ? 'registered' : egressClass,
  });
  if (refusedPort !== null) throw new EgressError('portRefused', refusedPort);
  return url;
}
