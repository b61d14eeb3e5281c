import { instantText } from './clock-skew.ts';
import { type Blocker, blocker } from './refusal.ts';

/** A claim that was not renewed for so long belongs to a Fairlead that does not run any more. */
export const staleClaimSeconds = 120;
/** A living holder renews this often. */
const renewClaimSeconds = 30;

export type ClaimSeen = { readonly holder: string; readonly renewedAt: Date | null };
export type ClaimWish = {
  readonly instanceId: string;
  readonly wanted: boolean;
  /** Holder whose stale claim an admin allowed to take. */
  readonly takeFrom: string | null;
};

export type ClaimMove =
  | { readonly kind: 'hold' }
  | { readonly kind: 'write' }
  /** Ours still, and no longer wanted. */
  | { readonly kind: 'release'; readonly blocker: Blocker }
  | { readonly kind: 'blocked'; readonly blocker: Blocker };

/** Whether the holder has not been heard of for two minutes, so that it may be taken over by an admin's word. */
export function isStaleClaim({ renewedAt }: ClaimSeen, now: Date): boolean {
  return renewedAt === null || now.getTime() - renewedAt.getTime() >= staleClaimSeconds * 1000;
}

function released(namespace: string): Blocker {
  return blocker({
    code: 'namespaceClaimed',
    message: `This Fairlead gave ${namespace} up, so it writes nothing there.`,
    params: { namespace },
    fix: "Take the namespace back on the cluster's page.",
    owner: 'an instance admin',
  });
}

function foreign(namespace: string, seen: ClaimSeen, now: Date): Blocker {
  const stale = isStaleClaim(seen, now);
  const since = seen.renewedAt === null ? 'a time unknown' : instantText(seen.renewedAt);
  return blocker({
    code: 'namespaceClaimed',
    message: `Another Fairlead (${seen.holder}) manages ${namespace}, so nothing is written there; it was last heard of at ${since}.`,
    params: { namespace, holder: seen.holder, stale },
    fix: stale
      ? "It is silent: take the namespace over on the cluster's page if it is gone for good."
      : 'Stop it or release the namespace there, or use another namespace here.',
    owner: 'an instance admin',
  });
}

/**
 * What to do about the claim of a namespace before writing in it: nothing (ours and fresh), write it (free, ours but old,
 * or stale and allowed to be taken), or write nothing at all. Never takes from a living holder.
 */
export function claimMove(
  namespace: string,
  { seen, wish, now }: { seen: ClaimSeen | null; wish: ClaimWish; now: Date },
): ClaimMove {
  if (!wish.wanted) {
    const kind = seen?.holder === wish.instanceId ? 'release' : 'blocked';
    return { kind, blocker: released(namespace) };
  }
  if (seen === null || seen.holder === '') return { kind: 'write' };
  if (seen.holder !== wish.instanceId) {
    const mayTake = wish.takeFrom === seen.holder && isStaleClaim(seen, now);
    return mayTake ? { kind: 'write' } : { kind: 'blocked', blocker: foreign(namespace, seen, now) };
  }
  const ageMs = now.getTime() - (seen.renewedAt?.getTime() ?? 0);
  return ageMs >= renewClaimSeconds * 1000 ? { kind: 'write' } : { kind: 'hold' };
}
