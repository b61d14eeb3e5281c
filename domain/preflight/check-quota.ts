import { freezeQuotaName } from '../freeze/freeze-quota.ts';
import type { LimitRange, NamespaceReading, Part, PodHolder, QuotaScope, ResourceQuota } from './capacity.ts';
import type { PreflightCheck } from './check.ts';
import type { PodDemand } from './pod-demand.ts';
import { holderWords, type WantedPods } from './pods-to-come.ts';

/** Whether a quota counts a pod; an unknown scope counts nothing, as on a server that does not know it. */
export function quotaCounts(scopes: readonly QuotaScope[], demand: PodDemand): boolean {
  return scopes.every((scope) => {
    switch (scope.name) {
      case 'Terminating':
        return demand.hasDeadline;
      case 'NotTerminating':
        return !demand.hasDeadline;
      case 'BestEffort':
        return demand.bestEffort;
      case 'NotBestEffort':
        return !demand.bestEffort;
      case 'PriorityClass':
        return priorityMatches(scope, demand.priorityClass);
      default:
        return false;
    }
  });
}

function priorityMatches({ operator, values }: QuotaScope, priority: string | null): boolean {
  switch (operator) {
    case 'Exists':
      return priority !== null;
    case 'DoesNotExist':
      return priority === null;
    case 'In':
      return priority !== null && values.includes(priority);
    case 'NotIn':
      return priority === null || !values.includes(priority);
  }
}

/** What one pod takes of a quota's key; 0 for keys that count other things. */
function takes(key: string, { requests, containers }: PodDemand): number {
  if (key === 'pods' || key === 'count/pods') return 1;
  if (key.startsWith('requests.')) return requests[key.slice('requests.'.length)] ?? 0;
  if (key.startsWith('limits.'))
    return containers.reduce((sum, { limits }) => sum + (limits[key.slice('limits.'.length)] ?? 0), 0);
  const isBare = key === 'cpu' || key === 'memory' || key.endsWith('.deviceclass.resource.k8s.io/devices');
  return isBare ? (requests[key] ?? 0) : 0;
}

export type QuotaAsk = {
  readonly asked: WantedPods;
  /** Pods of other reservations in the namespace that do not exist yet. */
  readonly others: readonly WantedPods[];
  /** Of the quota's namespace. */
  readonly holders: readonly PodHolder[];
};

/** Used (pending pods included), what others still take, and what is asked, against each hard limit that counts. */
export function checkQuotas(quotas: NamespaceReading['quotas'], ask: QuotaAsk): PreflightCheck[] {
  if (quotas.kind === 'unread') return [unread('quota', 'ResourceQuotas', quotas)];
  // The quota of a freeze moves with what a budget allows, and the check of that budget says so.
  return quotas.value
    .filter(({ name }) => name !== freezeQuotaName)
    .filter(({ scopes }) => quotaCounts(scopes, ask.asked.demand))
    .flatMap((quota) => Object.keys(quota.hard).flatMap((key) => checkKey(quota, key, ask)));
}

function checkKey(quota: ResourceQuota, key: string, ask: QuotaAsk): PreflightCheck[] {
  const { asked, others, holders } = ask;
  const wants = takes(key, asked.demand) * asked.pods;
  if (wants === 0) return [];
  const hard = quota.hard[key] ?? 0;
  const used = quota.used[key] ?? 0;
  const coming = others
    .filter(({ demand }) => quotaCounts(quota.scopes, demand))
    .reduce((sum, other) => sum + takes(key, other.demand) * other.pods, 0);
  const fits = used + coming + wants <= hard;
  const reserved = coming > 0 ? `, ${coming} reserved for other rollouts` : '';
  const numbers = `${used} of ${hard} used${reserved}, ${wants} more wanted`;
  const who = fits || !key.endsWith('/gpu') ? '' : holderWords(holders, asked.namespace);
  return [
    {
      kind: 'quota',
      subject: quota.name,
      verdict: fits ? 'PASS' : 'FAIL',
      sentence: fits
        ? `ResourceQuota "${quota.name}" has room: ${key}, ${numbers}.`
        : `ResourceQuota "${quota.name}" of namespace ${asked.namespace} has no room: ${key}, ${numbers}${who === '' ? '' : `; held by ${who}`}.`,
      figures: { key, hard, used, reserved: coming, wanted: wants },
      fix: fits
        ? null
        : `Raise ${key} of ResourceQuota "${quota.name}" to ${used + coming + wants}, or free ${used + coming + wants - hard}.`,
    },
  ];
}

/** Largest container, or pod, against each limit range. */
export function checkLimitRanges(
  ranges: NamespaceReading['limitRanges'],
  demand: PodDemand,
): PreflightCheck[] {
  if (ranges.kind === 'unread') return [unread('limitRange', 'LimitRanges', ranges)];
  return ranges.value.flatMap((range) => rangeChecks(range, demand));
}

function rangeChecks(range: LimitRange, demand: PodDemand): PreflightCheck[] {
  const subjects =
    range.type === 'Pod'
      ? [{ name: 'the pod', amounts: demand.requests }]
      : demand.containers.map(({ name, limits, requests }) => ({
          name: `container "${name}"`,
          amounts: { ...requests, ...limits },
        }));
  return Object.entries(range.max).flatMap(([resource, most]) => {
    const asking = subjects.filter(({ amounts }) => (amounts[resource] ?? 0) > 0);
    if (asking.length === 0) return [];
    const over = asking.find(({ amounts }) => (amounts[resource] ?? 0) > most);
    const wanted = Math.max(...asking.map(({ amounts }) => amounts[resource] ?? 0));
    return [
      {
        kind: 'limitRange' as const,
        subject: range.name,
        verdict: over === undefined ? ('PASS' as const) : ('FAIL' as const),
        sentence:
          over === undefined
            ? `LimitRange "${range.name}" allows ${resource} of ${wanted}; its most is ${most}.`
            : `LimitRange "${range.name}" refuses ${over.name}: ${resource} of ${wanted}, and its most is ${most}.`,
        figures: { resource, wanted, most },
        fix: over === undefined ? null : `Ask for at most ${most}, or raise the LimitRange.`,
      },
    ];
  });
}

/** What could not be read is said and stops nothing: no room is claimed and none is denied. */
export function unread(
  kind: PreflightCheck['kind'],
  what: string,
  { why, fix }: Extract<Part<unknown>, { kind: 'unread' }>,
): PreflightCheck {
  return {
    kind,
    subject: '',
    verdict: 'WARN',
    sentence: `${what} were not checked: ${why}`,
    figures: {},
    fix,
  };
}
