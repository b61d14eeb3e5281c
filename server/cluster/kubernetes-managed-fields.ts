import { annotation, fieldManager, type KubernetesObject } from './kubernetes-objects.ts';

/** Fields of ours that another manager has written since, by the name of that manager. */
export type Contest = { readonly manager: string; readonly fields: readonly string[] };

type Step = { readonly path: string; readonly value: unknown };

/** What a field-set key selects in a value we applied: a member, a list element by its keys, or a set element. */
function step({ path, value }: Step, key: string): Step | null {
  if (key.startsWith('f:')) {
    const name = key.slice(2);
    const member = isRecord(value) ? value[name] : undefined;
    return member === undefined ? null : { path: path === '' ? name : `${path}.${name}`, value: member };
  }
  const list = Array.isArray(value) ? value : [];
  if (key.startsWith('k:')) {
    const keys = parsed(key.slice(2));
    const element = list.find((item) => isRecord(keys) && isRecord(item) && hasKeys(item, keys));
    return element === undefined ? null : { path: `${path}[${shown(keys)}]`, value: element };
  }
  if (key.startsWith('v:')) {
    const wanted = JSON.stringify(parsed(key.slice(2)));
    return list.some((item) => JSON.stringify(item) === wanted)
      ? { path: `${path}[${wanted}]`, value: true }
      : null;
  }
  return null;
}

/** A key that we left to its default (a port's protocol) is not in what we applied, so it does not tell elements apart. */
function hasKeys(item: Record<string, unknown>, keys: Record<string, unknown>): boolean {
  return Object.entries(keys).every(([name, value]) => item[name] === undefined || item[name] === value);
}

function shown(keys: unknown): string {
  return isRecord(keys)
    ? Object.entries(keys)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(',')
    : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function childrenOf(fields: unknown): [string, unknown][] {
  return isRecord(fields) ? Object.entries(fields).filter(([key]) => key !== '.') : [];
}

/** Leaves of `theirs` that are part of what we applied and no longer ours. */
function contested(theirs: unknown, ours: unknown, at: Step): string[] {
  const found: string[] = [];
  for (const [key, theirChild] of childrenOf(theirs)) {
    const ourChild = isRecord(ours) ? ours[key] : undefined;
    const next = step(at, key);
    if (next === null) continue;
    if (childrenOf(theirChild).length > 0) found.push(...contested(theirChild, ourChild, next));
    else if (ourChild === undefined) found.push(next.path);
  }
  return found;
}

/** The manifest that Fairlead applied last, as stamped on the object; null when it was not stamped. */
export function appliedManifest(object: KubernetesObject): Record<string, unknown> | null {
  const applied = parsed(object.metadata.annotations?.[annotation.applied] ?? '');
  return isRecord(applied) ? applied : null;
}

/**
 * Which fields that Fairlead applied now belong to another manager, from the API server's own record of field owners;
 * null when all are still ours. Fields that we never set (a replica count under an autoscaler, injected annotations)
 * and status never count.
 */
export function contestOf(object: KubernetesObject): Contest | null {
  const applied = appliedManifest(object);
  if (applied === null) return null;
  const entries = (object.metadata.managedFields ?? []).filter((entry) => entry.subresource !== 'status');
  const ours = entries.find(
    (entry) => entry.manager === fieldManager && entry.operation === 'Apply',
  )?.fieldsV1;
  for (const entry of entries) {
    if (entry.manager === undefined || entry.manager === fieldManager) continue;
    const fields = contested(entry.fieldsV1, ours, { path: '', value: applied });
    if (fields.length > 0) return { manager: entry.manager, fields: fields.slice(0, 20) };
  }
  return null;
}

/** Whether our last apply owns the field at this path of a field set, such as ['f:spec', 'f:replicas']. */
export function ownsField(object: KubernetesObject, path: readonly string[]): boolean {
  const ours = (object.metadata.managedFields ?? []).find(
    (entry) =>
      entry.manager === fieldManager && entry.operation === 'Apply' && entry.subresource === undefined,
  );
  const found = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), ours?.fieldsV1);
  return found !== undefined;
}
