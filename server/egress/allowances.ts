import ipaddr from 'ipaddr.js';
import { addressRefusal, type EgressClass } from './address-rules.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Fewest leading bits of a range: wider ones would allow whole networks of others. */
const leastBits = { ipv4: 8, ipv6: 32 } as const;

function isIn(address: Address, range: string): boolean {
  if (!range.includes('/')) return false;
  const [network, bits] = ipaddr.parseCIDR(range);
  if (network.kind() !== address.kind()) return false;
  return address.match(network, bits);
}

function sameHost(entry: string, host: string): boolean {
  const tidied = host.toLowerCase().replace(/\.$/, '');
  if (entry === tidied) return true;
  return (
    ipaddr.isValid(entry) &&
    ipaddr.isValid(tidied) &&
    ipaddr.process(entry).toNormalizedString() === ipaddr.process(tidied).toNormalizedString()
  );
}

/** Why a host, address or range cannot be allowed, or null: link-local and metadata addresses never are. */
export function allowanceRefusal(target: string): string | null {
  if (target.includes('/')) {
    if (!ipaddr.isValidCIDR(target)) return `${target} is not a range of addresses.`;
    const [network, bits] = ipaddr.parseCIDR(target);
    if (bits < leastBits[network.kind()])
      return `${target} is too wide: a range has at least ${leastBits[network.kind()]} leading bits.`;
    const refused = addressRefusal(network.toString(), 'registered');
    return refused === null ? null : `${refused}.`;
  }
  if (!ipaddr.isValid(target)) return /^[0-9.]+$/.test(target) ? `${target} is not an address.` : null;
  const refused = addressRefusal(target, 'registered');
  return refused === null ? null : `${refused}.`;
}

/** The class in which a host at an address is called: what an instance admin allowed counts as registered. */
export function classOf(
  { egressClass, allowances = [] }: { egressClass: EgressClass; allowances?: readonly string[] },
  host: string,
  address: string | null,
): EgressClass {
  if (egressClass === 'registered' || allowances.length === 0) return egressClass;
  if (allowances.some((entry) => sameHost(entry, host))) return 'registered';
  if (address === null || address.includes('%') || !ipaddr.isValid(address)) return egressClass;
  const parsed = ipaddr.process(address);
  return allowances.some((entry) => isIn(parsed, entry)) ? 'registered' : egressClass;
}
