import type { UrlRules } from './url-rules.ts';

/** Ports on which mail servers take mail; others only at hosts that an admin allowed. */
const mailPorts = [25, 465, 587, 2525];

/** The rules of user URLs for a mail server, with the ports of mail. */
export function mailRules(rules: UrlRules, port: number): UrlRules {
  return mailPorts.includes(port) ? { ...rules, ports: mailPorts } : rules;
}
