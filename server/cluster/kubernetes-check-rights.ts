import {
  type ClusterCheck,
  type LackingRight,
  logsCheck,
  meteringCheck,
  rightsCheck,
} from '../../domain/cluster-check.ts';
import {
  logRights,
  manageRights,
  meteringRights,
  type NamespaceAccess,
  renewalRight,
  watchRights,
} from '../../domain/cluster-rights.ts';
import { tokenClaims } from '../../domain/service-account-token.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { lackingRights } from './kubernetes-rights.ts';

/** A row for watching each namespace, one for its logs, and one for managing where that is wanted. */
export async function rightsChecks(
  api: KubernetesApi,
  namespaces: readonly NamespaceAccess[],
): Promise<ClusterCheck[]> {
  const rows: ClusterCheck[] = [];
  for (const { name: namespace, access } of namespaces) {
    rows.push(rightsCheck({ namespace, access: 'watch' }, await lackingRights(api, watchRights, namespace)));
    rows.push(logsCheck(namespace, await lackingRights(api, logRights, namespace)));
    if (access === 'manage')
      rows.push(rightsCheck({ namespace, access }, await lackingRights(api, manageRights, namespace)));
  }
  return rows;
}

/** The row about metering the whole cluster; asked a kind at a time, since calls at once are connections. */
export async function meteringRightsCheck(api: KubernetesApi): Promise<ClusterCheck> {
  const lacking: LackingRight[] = [];
  for (const right of meteringRights) lacking.push(...(await lackingRights(api, [right], null)));
  return meteringCheck(lacking);
}

/** Whether the worker can renew the token by itself. */
export async function renewalCheck(api: KubernetesApi): Promise<ClusterCheck> {
  const row = { id: 'renewal', group: 'connection' as const, title: 'Token renewal', fix: null };
  if (api.rotates) return { ...row, state: 'met', detail: 'the kubelet renews the mounted token' };
  const claims = tokenClaims(await api.token());
  if (claims === null || claims.expiresAt === null)
    return { ...row, state: 'met', detail: 'the token does not expire' };
  const account = claims.serviceAccount;
  if (account === null)
    return {
      ...row,
      state: 'absent',
      detail: 'it is not the token of a service account, so it cannot be renewed',
      fix: 'Register a service account token instead, or store a new token before this one expires.',
    };
  const lacking = await lackingRights(api, [renewalRight(account.name)], account.namespace);
  if (lacking.length === 0)
    return { ...row, state: 'met', detail: 'the worker renews it at 80 % of its life' };
  return {
    ...row,
    state: 'missing',
    detail: `the token may not create serviceaccounts/token of ${account.name} in ${account.namespace}`,
    fix: 'Apply the Role fairlead-token of the manifest, or store a new token before this one expires.',
  };
}
