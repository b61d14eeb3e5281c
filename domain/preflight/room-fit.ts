import { type FitDate, fitDate } from '../budget/fit-date.ts';
import { availableAt, type BudgetOutlook, horizonOf, turningPoints } from '../budget/projection.ts';
import { type PreflightCheck, stoppingChecks } from './check.ts';

/** GPUs that a running rollout gives back when it ends, by when at the latest; null while it is paused or held. */
export type Release = { readonly gpus: number; readonly namespace: string; readonly until: Date | null };

/** A budget that enforces, what is wanted of it, and how it goes on. */
type WantedOf = {
  readonly budgetId: string;
  readonly outlook: BudgetOutlook;
  readonly wanted: bigint;
};

type Question = {
  readonly now: Date;
  readonly namespace: string;
  readonly checks: readonly PreflightCheck[];
  readonly budgets: readonly WantedOf[];
  readonly releases: readonly Release[];
  /** GPUs that somebody else would take first, and in which namespace. */
  readonly taken?: { readonly gpus: number; readonly namespace: string };
};
export type RoomQuestion = Question;

/** GPUs that lack by a check of room (negative: so many are left over), and whether only its namespace's help. */
type Lack = { readonly gpus: number; readonly inNamespace: boolean };

/** Null for a check that no release changes. */
function lacking(check: PreflightCheck): Lack | null {
  const of = (name: string) => Number(check.figures[name] ?? 0);
  if (check.kind === 'quota' && String(check.figures['key']).endsWith('/gpu'))
    return { gpus: of('used') + of('reserved') + of('wanted') - of('hard'), inNamespace: true };
  if (check.kind !== 'schedulable' || check.verdict === 'WARN') return null;
  if (check.verdict === 'PASS')
    return { gpus: of('wanted') + of('reserved') - of('free'), inNamespace: false };
  const perPod = of('wanted') / Math.max(1, of('pods'));
  return { gpus: (of('pods') - of('placed')) * perPod, inNamespace: false };
}

/**
 * The first time at which every check passes, if what runs now goes on and nobody raises anything: running rollouts give
 * back GPUs and money at their plans' longest, rolling budgets lose old hours, periods begin anew. What needs approval for
 * good (more GPUs afterwards than the budget lasts for) or lacks a price never fits by waiting.
 */
export function roomFit(question: Question): FitDate {
  const { now, checks, budgets, releases, namespace } = question;
  const hopeless = stoppingChecks(checks).some((check) => check.kind !== 'budget' && lacking(check) === null);
  const lacks = checks.flatMap((check) => lacking(check) ?? []).map((lack) => withTaken(lack, question));
  const until = releases.flatMap((release) => (release.until === null ? [] : [release.until]));
  const candidates = [...until, ...budgets.flatMap(({ outlook }) => turningPoints(outlook))];
  const ends = [...until, ...budgets.map(({ outlook }) => horizonOf(outlook.period, now))].map((at) =>
    at.getTime(),
  );
  const freed = (at: Date, untimed: boolean, inNamespace: boolean) =>
    releases
      .filter((release) => !inNamespace || release.namespace === namespace)
      .filter((release) => (release.until === null ? untimed : release.until <= at))
      .reduce((sum, { gpus }) => sum + gpus, 0);
  return fitDate({
    now,
    candidates,
    lookUntil: new Date(Math.max(now.getTime(), ...ends)),
    fits: (at, untimed) =>
      !hopeless &&
      lacks.every((lack) => lack.gpus <= freed(at, untimed, lack.inNamespace)) &&
      budgets.every(({ outlook, wanted }) => availableAt(outlook, at, untimed) >= wanted),
  });
}

function withTaken(lack: Lack, { taken, namespace }: Question): Lack {
  if (taken === undefined || (lack.inNamespace && taken.namespace !== namespace)) return lack;
  return { ...lack, gpus: lack.gpus + taken.gpus };
}

/** What a start would take of those who wait before it. */
export type Taking = {
  readonly gpus: number;
  readonly namespace: string;
  /** Held of each budget, by id. */
  readonly holds: ReadonlyMap<string, bigint>;
  /** By when its plan is over at the longest, and what its old revision gives back then. */
  readonly until: Date;
  readonly givesBack: number;
};

/**
 * Whether a start may go before somebody who has waited longer: only if that one's date does not move. Behind an untimed
 * pause there is no date, so nothing overtakes; one that never fits at its size keeps nobody back.
 */
export function mayOvertake(head: RoomQuestion, taking: Taking): boolean {
  const before = roomFit(head);
  if (before.kind === 'never') return true;
  if (before.kind === 'untimed') return false;
  const after = roomFit({
    ...head,
    taken: taking,
    releases: [
      ...head.releases,
      { gpus: taking.gpus + taking.givesBack, namespace: taking.namespace, until: taking.until },
    ],
    budgets: head.budgets.map((budget) => ({
      ...budget,
      outlook: {
        ...budget.outlook,
        holds: [
          ...budget.outlook.holds,
          { amount: taking.holds.get(budget.budgetId) ?? 0n, until: taking.until },
        ],
      },
    })),
  });
  if (before.kind === 'now') return after.kind === 'now';
  return after.kind === 'now' || (after.kind === 'at' && after.at <= before.at);
}
