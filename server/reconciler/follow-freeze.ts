import { type FrozenBy, freezeBlockers } from '../../domain/freeze/freeze-blocker.ts';
import { asksForGpus, frozenServing } from '../../domain/freeze/frozen-serving.ts';
import { type Blocker, DomainError } from '../../domain/refusal.ts';
import type { DesiredServing, ObservedServing, ServingAction } from '../../domain/serving.ts';
import { log } from '../log.ts';
import { frozenBy } from '../rows/environment-freezes.ts';
import { goesBack } from './freeze-needs.ts';
import { keepFreeze } from './keep-freezes.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

type Look = {
  readonly loaded: LoadedService;
  /** The rollout under way as this pass leaves it. */
  readonly active: LoadedRollout | null;
  readonly desired: DesiredServing;
  readonly observed: ObservedServing;
};

/** What a pass makes of the freezes of its environment. */
export type UnderFreeze = {
  readonly by: readonly FrozenBy[];
  readonly desired: DesiredServing;
  readonly blockers: readonly Blocker[];
};

/** The desired state as far as budgets let it grow. A way back is wanted in full, whatever is spent. */
export async function underFreeze({ db }: Hands, look: Look): Promise<UnderFreeze> {
  const { loaded, active, desired, observed } = look;
  const isConcerned = loaded.row.mode === 'managed' && desired.revisions.some(asksForGpus);
  const by = isConcerned ? await frozenBy(db, loaded.row.environmentId) : [];
  if (by.length === 0 || goesBack(active)) return { by, desired, blockers: [] };
  const frozen = frozenServing(desired, observed);
  return { by, desired: frozen.desired, blockers: freezeBlockers(by, frozen.capped) };
}

type Writing = {
  readonly loaded: LoadedService;
  readonly freeze: UnderFreeze;
  readonly actions: readonly ServingAction[];
};

/**
 * Before pods are made in a frozen environment its quota is looked at: a way back finds the room that it needs. One that
 * cannot be raised holds nothing up here; the pods that it refuses are named.
 */
export async function makeRoom(hands: Hands, { loaded, freeze, actions }: Writing): Promise<void> {
  if (freeze.by.length === 0 || !actions.some(({ kind }) => kind === 'applyRevision')) return;
  try {
    await keepFreeze(hands, loaded.row.environmentId);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    log.warn({ error, service: loaded.row.id }, 'The quota of a frozen environment could not be raised.');
  }
}
