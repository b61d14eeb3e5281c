import type { FieldChange } from './field-change.ts';

/** One entry of an object's record of field owners; fields are paths as `fieldsOf` names them. */
export type FieldOwner = {
  readonly manager: string;
  readonly operation: string | null;
  readonly subresource: string | null;
  /** ISO time of the manager's last write; null when it is not recorded. */
  readonly at: string | null;
  readonly fields: readonly string[];
};

/** What one manager changed; `manager` is null when the record of owners names nobody, as for a removed field. */
export type ForeignChange = {
  readonly manager: string | null;
  readonly operation: string | null;
  readonly at: string | null;
  readonly fields: readonly FieldChange[];
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name in a list key such as `k:{"name":"model"}`; null for an element that has no name, or another key beside it. */
function listKey(key: string): string | null {
  try {
    const keys: unknown = JSON.parse(key.slice(2));
    return isRecord(keys) && Object.keys(keys).length === 1 && typeof keys.name === 'string'
      ? `[${keys.name}]`
      : null;
  } catch {
    return null;
  }
}

/**
 * The paths in a `fieldsV1` set. What lies under a list element without a name is given as the whole list, and a leaf stands for all
 * below it.
 */
export function ownedFields(fieldsV1: unknown, path = ''): string[] {
  const members = isRecord(fieldsV1) ? Object.entries(fieldsV1).filter(([key]) => key !== '.') : [];
  if (members.length === 0) return path === '' ? [] : [path];
  const found = members.flatMap(([key, member]) => {
    if (key.startsWith('f:')) {
      const name = key.slice(2);
      return ownedFields(member, path === '' ? name : `${path}.${name}`);
    }
    const element = key.startsWith('k:') ? listKey(key) : null;
    return element === null ? [path] : ownedFields(member, `${path}${element}`);
  });
  return [...new Set(found)];
}

function covers(owned: string, field: string): boolean {
  if (owned === field) return true;
  if (field.startsWith(owned)) return field[owned.length] === '.' || field[owned.length] === '[';
  return owned.startsWith(field) && (owned[field.length] === '.' || owned[field.length] === '[');
}

function ownerOf(field: string, owners: readonly FieldOwner[]): FieldOwner | null {
  const holders = owners.filter((owner) => owner.fields.some((owned) => covers(owned, field)));
  return holders.reduce<FieldOwner | null>(
    (newest, owner) => (newest === null || (owner.at ?? '') > (newest.at ?? '') ? owner : newest),
    null,
  );
}

/** Who made which of the changes, by the object's record of field owners: of several owners of a field the one that wrote last. */
export function foreignChanges(
  changes: readonly FieldChange[],
  owners: readonly FieldOwner[],
): ForeignChange[] {
  const groups = new Map<FieldOwner | null, FieldChange[]>();
  for (const change of changes) {
    const owner = change.change === 'REMOVED' ? null : ownerOf(change.field, owners);
    groups.set(owner, [...(groups.get(owner) ?? []), change]);
  }
  return [...groups].map(([owner, fields]) => ({
    manager: owner?.manager ?? null,
    operation: owner?.operation ?? null,
    at: owner?.at ?? null,
    fields,
  }));
}

const mostFields = 6;

/** Environment variables, arguments and annotations may hold secrets, so only what cannot is shown by value. */
const shownByValue = /(\.image|\.replicas|\.resources\..+|Port)$/;

function fieldText({ field, change, before, after }: FieldChange): string {
  if (change === 'REMOVED') return `${field} (removed)`;
  if (!shownByValue.test(field)) return field;
  return before === undefined ? `${field} (now ${after ?? ''})` : `${field} from ${before} to ${after ?? ''}`;
}

/** The change in one sentence without its subject's name: who, how, what, when. */
export function foreignChangeText({ manager, operation, at, fields }: ForeignChange): string {
  const who =
    manager === null
      ? 'somebody whom the API server does not record'
      : `${manager}${operation === null ? '' : ` (${operation})`}`;
  const shown = fields.slice(0, mostFields).map(fieldText).join(', ');
  const more = fields.length > mostFields ? ` and ${fields.length - mostFields} more` : '';
  return `${who} changed ${shown}${more}${at === null ? '' : ` at ${at}`}`;
}
