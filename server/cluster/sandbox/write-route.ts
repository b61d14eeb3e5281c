import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../../../db/client.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { defaultServiceBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { Weights } from '../../../domain/serving.ts';
import { type Context, find, put } from './put.ts';
import { fightDescription, routeAcceptanceMs, routeName, routeSpec } from './route.ts';
import { checkPrecondition } from './seen-versions.ts';
import { recordSplit } from './world-store.ts';

/** Creates or changes the route and writes down from when its weights are in force. */
export async function applyRoute(
  tx: Transaction,
  weights: Weights,
  { world, write }: Context,
): Promise<void> {
  const { scope, at, fence } = write;
  const told = world.behaviours.services.get(scope.serviceId) ?? [];
  const behaviour = valueAt(told, at.getTime(), defaultServiceBehaviour);
  const name = routeName(scope);
  if (behaviour.fault === 'fight') {
    const fight = fightDescription(name);
    throw new DomainError({
      code: 'fight',
      message: `"${fight.manager}" rewrote ${fight.object} (${fight.fields.join(', ')}) right after our write.`,
      params: { manager: fight.manager, object: fight.object },
      fix: `Stop "${fight.manager}" from writing this route, or make the service watched.`,
    });
  }
  const wrong = Object.entries(weights).find(([, weight]) => !Number.isInteger(weight) || weight < 0);
  if (wrong !== undefined)
    throw new DomainError({
      code: 'dryRunRefused',
      message: `The cluster refused HTTPRoute "${name}": weight ${wrong[1]} of revision ${wrong[0]} is no whole number from 0.`,
    });
  const key = { namespace: scope.namespace, kind: 'route', name } as const;
  const before = find(world.objects, key);
  checkPrecondition(key, before, write);
  const spec = { weights: { ...weights }, ...routeSpec(scope) };
  const present = before?.kind === 'route' ? before.body : undefined;
  const same = present !== undefined && isDeepStrictEqual({ ...present, ...spec }, present);
  const changedAtMs = same ? present.changedAtMs : at.getTime();
  const body = { schema: 1 as const, generation: fence.generation, changedAtMs, ...spec };
  await put(tx, { name, before, write }, { kind: 'route', body });
  if (same || behaviour.fault === 'routeRejected') return;
  const acceptedAt = new Date(at.getTime() + routeAcceptanceMs);
  const { clusterId, serviceId } = scope;
  await recordSplit(tx, { clusterId, serviceId, at: acceptedAt, split: { weights: { ...weights } } });
}
