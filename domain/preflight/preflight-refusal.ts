import { type Blocker, blocker, type RefusalCode } from '../refusal.ts';
import { type CheckKind, type PreflightCheck, stoppingChecks } from './check.ts';

const codes: Record<CheckKind, RefusalCode> = {
  quota: 'quotaExceeded',
  limitRange: 'quotaExceeded',
  kueue: 'quotaExceeded',
  claims: 'unschedulable',
  schedulable: 'unschedulable',
  nodePool: 'unschedulable',
  budget: 'budgetExceeded',
  price: 'budgetExceeded',
  rollBackReserve: 'budgetExceeded',
  steadyState: 'budgetExceeded',
};

const owners: Partial<Record<CheckKind, string>> = {
  budget: "the budget's owner",
  price: 'an instance admin',
  steadyState: "the budget's owner",
};

/** Why a rollout may not start, by the worst of its checks; null when all of them let it. */
export function preflightBlocker(checks: readonly PreflightCheck[]): Blocker | null {
  const [first, ...rest] = stoppingChecks(checks);
  if (first === undefined) return null;
  return blocker({
    code: codes[first.kind],
    message:
      rest.length === 0
        ? first.sentence
        : `${first.sentence} ${rest.length === 1 ? 'One more check stops' : `${rest.length} more checks stop`} it too.`,
    params: { check: first.kind, subject: first.subject, verdict: first.verdict, ...first.figures },
    owner: owners[first.kind] ?? "the cluster's owner",
    fix: first.fix,
  });
}

/** Nothing is decided on an old picture of the cluster. */
export const capacityUnknown: Blocker = blocker({
  code: 'capacityUnknown',
  message:
    'What the cluster has room for is not known: the last look at it is older than a minute, or there was none.',
  owner: 'the worker',
  fix: 'See on the page of the cluster whether the worker reaches it; it looks again by itself.',
});
