import type { InstanceRole, Role } from './permission.ts';

/** Who acts. Separation of duties compares `ownerUserId`, so a token counts as its owner. */
export type Principal = {
  readonly id: string;
  readonly kind: 'user' | 'token' | 'system';
  readonly ownerUserId: string | null;
  readonly name: string;
  readonly instanceRoles: readonly InstanceRole[];
  /** Roles by project id; a token has one project, the system none (it passes by kind). */
  readonly memberships: ReadonlyMap<string, ReadonlySet<Role>>;
};

/** Id of the one system principal, created by the first migration. */
const systemPrincipalId = '00000000-0000-7000-8000-000000000001';

export const systemPrincipal: Principal = {
  id: systemPrincipalId,
  kind: 'system',
  ownerUserId: null,
  name: 'Fairlead',
  instanceRoles: [],
  memberships: new Map(),
};
