import type { Transaction } from '../../db/client.ts';
import { DomainError } from '../../domain/refusal.ts';
import { resolveAllowed } from '../egress/dispatcher.ts';
import { EgressError } from '../egress/egress-error.ts';
import { mailRules } from '../egress/mail-rules.ts';
import { checkedUrl } from '../egress/url-rules.ts';
import { userEgressRules } from './egress-allowances.ts';

const lookupMs = 2_000;

/** A URL, or the host and port of a mail server. */
export type Address = { readonly url: string } | { readonly host: string; readonly port: number };

/**
 * Refuses an address that outbound requests refuse: by its text, and by what its name resolves to here. A name that only
 * the worker knows passes; what it leads to is checked again at each connect.
 */
export async function refuseForbiddenAddress(
  tx: Transaction,
  address: Address,
  field: string,
): Promise<void> {
  try {
    await resolved(tx, address);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (['nameUnknown', 'timeout', 'unreachable'].includes(error.reason)) return;
    throw new DomainError({
      code: 'invalidInput',
      message: `${field}: ${error.message}`,
      params: { field },
      fix: 'Give a public address, or let an admin of the instance allow this host.',
    });
  }
}

async function resolved(tx: Transaction, address: Address): Promise<void> {
  const rules = await userEgressRules(tx);
  const unknown = new EgressError('timeout', 'The name was not resolved in time.');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(unknown), lookupMs);
  });
  const asked = async () => {
    if (!('url' in address)) return await resolveAllowed(address, mailRules(rules, address.port));
    const url = checkedUrl(address.url, rules);
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    return await resolveAllowed({ host: url.hostname, port }, rules);
  };
  await Promise.race([asked(), late]).finally(() => clearTimeout(timer));
}
