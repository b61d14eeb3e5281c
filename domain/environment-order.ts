import { type Refusal, refusal } from './refusal.ts';

/** What the order of environments looks at. */
export type Placed = {
  readonly id: string;
  readonly name: string;
  readonly groupName: string | null;
  readonly position: number;
};

/** One step of the way to production: an environment alone (`groupName` null), or all of one group side by side. */
export type Rung<Row extends Placed> = { readonly groupName: string | null; readonly environments: Row[] };

/**
 * The rungs from first to last: by position, then by name, and a group stands together where its first member stands.
 * Empty for no environments.
 */
export function rungsOf<Row extends Placed>(environments: readonly Row[]): Rung<Row>[] {
  const sorted = environments.toSorted(
    (left, right) => left.position - right.position || (left.name < right.name ? -1 : 1),
  );
  const rungs: Rung<Row>[] = [];
  for (const environment of sorted) {
    const { groupName } = environment;
    const mates = groupName === null ? undefined : rungs.find((rung) => rung.groupName === groupName);
    if (mates === undefined) rungs.push({ groupName, environments: [environment] });
    else mates.environments.push(environment);
  }
  return rungs;
}

/** The same environments in the order of their rungs. */
export function inOrder<Row extends Placed>(environments: readonly Row[]): Row[] {
  return rungsOf(environments).flatMap((rung) => rung.environments);
}

/** The environments that a version reaches next from this one; empty on the last rung and for an unknown id. */
export function nextEnvironments<Row extends Placed>(environments: readonly Row[], id: string): Row[] {
  const rungs = rungsOf(environments);
  const at = rungs.findIndex((rung) => rung.environments.some((environment) => environment.id === id));
  return at === -1 ? [] : (rungs[at + 1]?.environments ?? []);
}

/** The environments that a version passes before this one; empty on the first rung and for an unknown id. */
export function previousEnvironments<Row extends Placed>(environments: readonly Row[], id: string): Row[] {
  const rungs = rungsOf(environments);
  const at = rungs.findIndex((rung) => rung.environments.some((environment) => environment.id === id));
  return rungs[at - 1]?.environments ?? [];
}

export const moveDirections = ['earlier', 'later'] as const;
export const movedParts = ['environment', 'group'] as const;
export type Move = {
  readonly id: string;
  readonly direction: (typeof moveDirections)[number];
  /** An environment of a group moves inside its group; its group moves as a whole. */
  readonly part: (typeof movedParts)[number];
};

/** The order after a move, or why it cannot be made; thrown by the command, shown on the button. */
export function orderAfter<Row extends Placed>(
  environments: readonly Row[],
  { id, direction, part }: Move,
): { readonly order: Row[] } | { readonly refusal: Refusal } {
  const rungs = rungsOf(environments);
  const at = rungs.findIndex((rung) => rung.environments.some((environment) => environment.id === id));
  const rung = rungs[at];
  if (rung === undefined) return { refusal: refusal({ code: 'notFound', message: 'It does not exist.' }) };
  const inGroup = part === 'environment' && rung.environments.length > 1;
  const present = inGroup ? rung.environments.findIndex((environment) => environment.id === id) : at;
  const last = (inGroup ? rung.environments : rungs).length - 1;
  const to = present + (direction === 'earlier' ? -1 : 1);
  if (to < 0 || to > last) return { refusal: atTheEnd(direction, inGroup ? rung.groupName : null) };
  if (!inGroup) return { order: swapped(rungs, present, to).flatMap((each) => each.environments) };
  const environmentsThen = swapped(rung.environments, present, to);
  return { order: rungs.flatMap((each) => (each === rung ? environmentsThen : each.environments)) };
}

function atTheEnd(direction: Move['direction'], groupName: string | null): Refusal {
  const which = direction === 'earlier' ? 'first' : 'last';
  const where = groupName === null ? 'in the order' : `of the group ${groupName}`;
  return refusal({ code: 'wrongState', message: `It is the ${which} ${where} already.` });
}

function swapped<Item>(items: readonly Item[], one: number, other: number): Item[] {
  return items.map(
    (item, index) => (index === one ? items[other] : index === other ? items[one] : item) ?? item,
  );
}
