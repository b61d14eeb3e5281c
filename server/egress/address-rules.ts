import ipaddr from 'ipaddr.js';

/**
 * registered: what an instance admin registered (clusters, metrics sources); private and loopback addresses are allowed.
 * user: what any user may type; public addresses only.
 */
export type EgressClass = 'registered' | 'user';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Never a service of anyone's own: unset, many hosts at once, link-local, or IPv6 forms that hide an IPv4 address. */
const neverRanges = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'rfc6145',
  'rfc6052',
  '6to4',
  'teredo',
]);

/** Instance metadata services that hand out credentials and lie outside 169.254.0.0/16: AWS on IPv6, Alibaba, Azure, Oracle. */
const metadataAddresses = new Set(
  ['fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'].map((text) =>
    ipaddr.parse(text).toNormalizedString(),
  ),
);

function parsed(text: string): Address | null {
  if (text.includes('%') || !ipaddr.isValid(text)) return null;
  return ipaddr.process(text);
}

/** Why no connection to this IP address may be made, or null; IPv4 inside IPv6 is judged as IPv4, unreadable text is refused. */
export function addressRefusal(text: string, egressClass: EgressClass): string | null {
  const address = parsed(text);
  if (address === null) return `${text} is not an address`;
  if (metadataAddresses.has(address.toNormalizedString()))
    return `${text} is an instance metadata service, which is never called`;
  const range = address.range();
  if (neverRanges.has(range)) return `${text} is a ${range} address, which is never called`;
  if (egressClass === 'user' && range !== 'unicast')
    return `${text} is not a public address (${range}), and addresses given by users must be public`;
  return null;
}
