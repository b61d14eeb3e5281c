/** One field that a change touches; `before` is missing for a new one, `after` for a removed one. */
export type FieldChange = {
  readonly field: string;
  readonly change: 'CHANGED' | 'NEW' | 'REMOVED';
  readonly before?: string;
  readonly after?: string;
};

/**
 * Fields by path with their values as text. Lists of named things (containers, env, ports, volumes) are keyed by name, so
 * that inserting one does not shift the others; other lists by position. An empty object or list is a field of its own.
 */
export function fieldsOf(value: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  collect(value, path, found);
  return found;
}

function collect(value: unknown, path: string, into: Map<string, string>): void {
  const entries = entriesOf(value);
  if (entries === null || entries.length === 0) {
    if (value !== undefined) into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [key, member] of entries)
    collect(member, path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`, into);
}

function entriesOf(value: unknown): [string, unknown][] | null {
  if (Array.isArray(value)) return value.map(listEntry);
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  return null;
}

/** The name is the key already, so it is no field of its own. */
function listEntry(item: unknown, index: number): [string, unknown] {
  const name = nameOf(item);
  if (name === null) return [`[${index}]`, item];
  const { name: _name, ...fields } = item as { name: string };
  return [`[${name}]`, fields];
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('name' in item)) return null;
  return typeof item.name === 'string' ? item.name : null;
}

/** What differs between two sets of fields, by path; empty when they are the same. */
export function fieldChanges(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): FieldChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((field): FieldChange[] => {
    const [old, next] = [before.get(field), after.get(field)];
    if (old === next) return [];
    if (old === undefined) return [{ field, change: 'NEW', after: next ?? '' }];
    if (next === undefined) return [{ field, change: 'REMOVED', before: old }];
    return [{ field, change: 'CHANGED', before: old, after: next }];
  });
}
