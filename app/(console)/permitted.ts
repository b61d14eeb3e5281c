import 'server-only';
import { permissionReason } from '../../components/project/permission-reason.ts';
import type { Permission } from '../../domain/permission.ts';
import { context } from '../trpc.tsx';

/** Whether it makes sense to read ahead: a refused read would only be asked again by the browser. */
export async function permitted(permission: Permission, projectId: string): Promise<boolean> {
  const { principal } = await context();
  if (principal === null) return false;
  const roles = [...(principal.memberships.get(projectId) ?? [])];
  return permissionReason(permission, { roles, instanceRoles: principal.instanceRoles }) === undefined;
}
