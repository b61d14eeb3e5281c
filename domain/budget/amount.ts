/** A row of budget_movement: `amount` is signed, in the unit of the budget; `toAt` null is for ever. */
export type Movement = {
  readonly kind: 'base' | 'rollover' | 'transfer' | 'exceed';
  readonly amount: bigint;
  readonly fromAt: Date;
  readonly toAt: Date | null;
};

/** Whether the movement counts at the instant; `fromAt` does, `toAt` no longer. */
export function isInForce({ fromAt, toAt }: Pick<Movement, 'fromAt' | 'toAt'>, at: Date): boolean {
  return fromAt <= at && (toAt === null || at < toAt);
}

/** The amount of a budget at an instant: the sum of its movements in force, 0n without any. */
export function amountAt(movements: readonly Movement[], at: Date): bigint {
  return sum(movements.filter((movement) => isInForce(movement, at)));
}

/** The part of it that was set, without rollover, transfers and exceptions. */
export function baseAt(movements: readonly Movement[], at: Date): bigint {
  return sum(movements.filter((movement) => movement.kind === 'base' && isInForce(movement, at)));
}

function sum(movements: readonly Movement[]): bigint {
  return movements.reduce((total, { amount }) => total + amount, 0n);
}

type NewBase = { readonly amount: bigint; readonly fromAt: Date };

/**
 * Movements after which the base is `amount` from `fromAt` on for good: the difference to what it is then, and what takes
 * back every later change that was planned. Empty when nothing changes.
 */
export function baseMovements(movements: readonly Movement[], { amount, fromAt }: NewBase): NewBase[] {
  const later = movements.filter(({ kind, fromAt: at }) => kind === 'base' && at > fromAt);
  const planned = new Map<number, bigint>();
  for (const { amount: change, fromAt: at } of later)
    planned.set(at.getTime(), (planned.get(at.getTime()) ?? 0n) + change);
  const changes = [
    { amount: amount - baseAt(movements, fromAt), fromAt },
    ...[...planned].map(([at, change]) => ({ amount: -change, fromAt: new Date(at) })),
  ];
  return changes.filter((change) => change.amount !== 0n);
}
