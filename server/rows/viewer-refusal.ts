import type { Permission } from '../../domain/permission.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError, type Refusal } from '../../domain/refusal.ts';
import { authorize } from '../context.ts';

export type Viewer = { readonly principal: Principal; readonly projectId: string };

/** Why this viewer may not use the permission here, or null; the command would throw the same. */
export function viewerRefusal({ principal, projectId }: Viewer, permission: Permission): Refusal | null {
  try {
    authorize(principal, permission, projectId);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.refusal;
    throw error;
  }
}
