import * as z from 'zod';
import type { ClusterAccess, Right } from './cluster-rights.ts';
import { rightText } from './cluster-rights.ts';

/** Parts of the check list, in the order in which they show. */
const checkGroups = ['connection', 'rights', 'cluster'] as const;

/** met: green. missing: it must be mended. absent: only what it serves is lost. unknown: it could not be asked. */
const checkStates = ['met', 'missing', 'absent', 'unknown'] as const;
export type CheckState = (typeof checkStates)[number];

const clusterCheckSchema = z.object({
  id: z.string(),
  group: z.enum(checkGroups),
  title: z.string(),
  state: z.enum(checkStates),
  detail: z.string(),
  fix: z.string().nullable(),
});
/** One row of the check list: what was found, and what would mend it; a row that is met needs no fix. */
export type ClusterCheck = z.infer<typeof clusterCheckSchema>;

/** One verb of the rights table that the API server does not grant. */
export type LackingRight = { readonly right: Right; readonly verb: string };

/** `patch deployments.apps, create services`. */
function lackingText(lacking: readonly LackingRight[]): string {
  return lacking.map(({ right, verb }) => rightText(right, verb)).join(', ');
}

/** The row about a namespace's verbs; names every verb that is not granted. */
export function rightsCheck(
  { namespace, access }: { namespace: string; access: ClusterAccess },
  lacking: readonly LackingRight[],
): ClusterCheck {
  const doing = access === 'watch' ? 'Watch' : 'Manage';
  const row = { id: `${access}:${namespace}`, group: 'rights' as const, title: `${doing} ${namespace}` };
  if (lacking.length === 0) return { ...row, state: 'met', detail: 'every verb is granted', fix: null };
  return {
    ...row,
    state: 'missing',
    detail: `the token may not ${lackingText(lacking)}`,
    fix: `Add the verbs to the Role fairlead-${access} in ${namespace}: apply the manifest for this namespace again, or add them by hand. In a namespace that does not exist nothing is granted.`,
  };
}

/** The row about reading logs in a namespace; without the right only the logs are lost. */
export function logsCheck(namespace: string, lacking: readonly LackingRight[]): ClusterCheck {
  const row = { id: `logs:${namespace}`, group: 'rights' as const, title: `Read logs in ${namespace}` };
  if (lacking.length === 0) return { ...row, state: 'met', detail: 'every verb is granted', fix: null };
  return {
    ...row,
    state: 'absent',
    detail: `the token may not ${lackingText(lacking)}, so nobody sees what the containers write`,
    fix: logsFix,
  };
}

/** What lets the worker read logs where it may not; the same words wherever that shows. */
export const logsFix =
  'Apply the manifest of the cluster’s page again with "Logs of pods may be read, too" ticked, or set rbac.logs in the chart.';

/** The row about metering; without the right the GPUs and cost of this cluster are unobserved, and nothing else is lost. */
export function meteringCheck(lacking: readonly LackingRight[]): ClusterCheck {
  const row = { id: 'metering', group: 'rights' as const, title: 'Meter GPUs and cost' };
  if (lacking.length === 0) return { ...row, state: 'met', detail: 'every verb is granted', fix: null };
  return {
    ...row,
    state: 'absent',
    detail: `the token may not ${lackingText(lacking)} in the whole cluster, so what its GPUs are used for is unobserved`,
    fix: 'Apply the manifest again with "GPUs and cost of the whole cluster may be metered" ticked, or set rbac.metering in the chart.',
  };
}

/** What managing lacks, as a refusal or a blocker: all verbs in one sentence. */
export function rightsMissing(
  namespace: string,
  lacking: readonly LackingRight[],
): { code: 'rightsMissing'; message: string; params: { namespace: string }; fix: string; owner: string } {
  return {
    code: 'rightsMissing',
    message: `Nothing can be managed in ${namespace}: the token may not ${lackingText(lacking)}.`,
    params: { namespace },
    fix: "Apply the manifest that lists the namespace under those to manage; the cluster's page prints it.",
    owner: 'an instance admin',
  };
}

export const clusterFindingsSchema = z.object({
  version: z.string().nullable(),
  checks: z.array(clusterCheckSchema),
});
/** What a look at a cluster found, as the worker stored or answered it. */
export type ClusterFindings = z.infer<typeof clusterFindingsSchema>;
