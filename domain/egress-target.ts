import * as z from 'zod';

const hostPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})?(\.[a-z0-9]([a-z0-9-]{0,62})?)*$/;

/** The host of a target as URLs have it: lowercase, without brackets and the final dot. */
function tidied(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/**
 * What an instance admin may allow: a host name, an address, or a CIDR range such as `10.20.0.0/16`. Whether an address
 * or range may be allowed at all is the server's to say.
 */
export const egressTargetSchema = z
  .string()
  .transform(tidied)
  .refine(
    (text) => hostPattern.test(text) || /^[0-9a-f.:]{2,45}(\/\d{1,3})?$/.test(text),
    'Give a host name, an address or a range such as 10.20.0.0/16, without scheme, port and path.',
  );

/** Host of a URL as it would be allowed, or null when it is no URL. */
export function hostOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { hostname, protocol } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? tidied(hostname) : null;
}
