import type { Database } from '../db/client.ts';
import {
  instanceRolesHolding,
  type Permission,
  permissionScope,
  rolesHolding,
} from '../domain/permission.ts';
import type { Principal } from '../domain/principal.ts';
import { DomainError } from '../domain/refusal.ts';
import type { Clock } from './clock.ts';
import type { InstanceKey } from './instance-key.ts';

/** Everything a command or query may know about its caller. */
export type Context = {
  readonly db: Database;
  readonly clock: Clock;
  /** Null when nobody is signed in. */
  readonly principal: Principal | null;
  readonly requestId: string;
  /** From the header `idempotency-key`; null when the caller sent none. */
  readonly idempotencyKey: string | null;
  /** Hash of the session in use, so that signing out ends just this one; null for tokens. */
  readonly sessionIdHash: string | null;
  /** demo only while an empty database is being seeded. */
  readonly origin: 'live' | 'demo';
  /** Address and origin that links in answers start with. */
  readonly publicUrl: string;
  /** X25519 public key to which cluster tokens are sealed; only the worker has the private half. */
  readonly workerPublicKey: string;
  /** For secrets that web itself uses, the first seals; absent or empty where no key is configured. */
  readonly instanceKeys?: readonly InstanceKey[] | undefined;
};

/** The signed-in principal; throws unauthenticated. */
export function signedIn(ctx: Context): Principal {
  if (ctx.principal === null)
    throw new DomainError({
      code: 'unauthenticated',
      message: 'Sign in first.',
      fix: 'Open the sign-in page, or send an API token.',
    });
  return ctx.principal;
}

/** Throws unless the principal holds the permission in the project (null for instance permissions); "not yours" is "not found". */
export function authorize(principal: Principal, permission: Permission, projectId: string | null): void {
  if (principal.kind === 'system') return;
  const scope = permissionScope(permission);
  if (scope === 'anyUser') return;
  if (scope === 'system') throw forbidden('Only Fairlead itself does this.');
  if (scope === 'instance') {
    const held = instanceRolesHolding(permission);
    if (held.some((role) => principal.instanceRoles.includes(role))) return;
    throw forbidden(`This needs the instance role ${held.join(' or ')}.`);
  }
  const roles = projectId === null ? undefined : principal.memberships.get(projectId);
  if (roles === undefined)
    throw new DomainError({
      code: 'notFound',
      message: 'There is no such thing, or it is not yours to see.',
    });
  const held = rolesHolding(permission);
  if (held.some((role) => roles.has(role))) return;
  throw forbidden(`This needs the role ${held.join(' or ')} in the project.`);
}

function forbidden(message: string): DomainError {
  return new DomainError({
    code: 'forbidden',
    message,
    fix: 'Ask an admin of the project or instance for the role.',
  });
}
