import {
  instanceRolesHolding,
  type Permission,
  permissionScope,
  rolesHolding,
} from '../../domain/permission.ts';
import type { Viewer } from './project-context.tsx';

/** Why this viewer may not do it in the shown project, or undefined; the server judges again and has the last word. */
export function permissionReason(
  permission: Permission,
  viewer: Pick<Viewer, 'roles' | 'instanceRoles'>,
): string | undefined {
  if (permissionScope(permission) === 'instance') {
    const held = instanceRolesHolding(permission);
    return held.some((role) => viewer.instanceRoles.includes(role))
      ? undefined
      : `This needs the instance role ${held.join(' or ')}. Ask an admin of the instance.`;
  }
  const held = rolesHolding(permission);
  return held.length === 0 || held.some((role) => viewer.roles.includes(role))
    ? undefined
    : `This needs the role ${held.join(' or ')} in the project. Ask an admin of the project.`;
}
