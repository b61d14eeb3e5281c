import { randomUUID } from 'node:crypto';
import type { Database } from '../db/client.ts';
import { account, membership, principal, project } from '../db/schema/identity.ts';
import type { InstanceRole, Role } from '../domain/permission.ts';
import { databaseClock } from './clock.ts';
import type { Context } from './context.ts';
import { newId } from './id.ts';

export type Person = { readonly userId: string; readonly name: string; readonly ctx: Context };

/** For tests: a Context as the HTTP side would build it. */
function contextOf(db: Database, who: Context['principal'], extra: Partial<Context> = {}): Context {
  return {
    db,
    clock: databaseClock,
    principal: who,
    requestId: randomUUID(),
    idempotencyKey: null,
    sessionIdHash: null,
    origin: 'live',
    publicUrl: 'http://127.0.0.1:3000',
    workerPublicKey: '',
    ...extra,
  };
}

/** For tests: a project row. */
export async function insertProject(db: Database, slug: string): Promise<string> {
  const id = newId();
  await db.insert(project).values({ id, name: slug, slug, createdAt: new Date() });
  return id;
}

type NewPerson = { name: string; projectId?: string; roles?: Role[]; instanceRoles?: InstanceRole[] };

/** For tests: a person with roles, and their Context. */
export async function insertPerson(db: Database, person: NewPerson): Promise<Person> {
  const userId = newId();
  const { name, projectId, roles = [], instanceRoles = [] } = person;
  await db.insert(principal).values({ id: userId, kind: 'user', ownerUserId: userId, name });
  await db
    .insert(account)
    .values({ userId, email: `${userId}@example.test`, instanceRoles, createdAt: new Date() });
  if (projectId !== undefined) await db.insert(membership).values({ projectId, userId, roles });
  const memberships = new Map(projectId === undefined ? [] : [[projectId, new Set(roles)] as const]);
  return {
    userId,
    name,
    ctx: contextOf(db, { id: userId, kind: 'user', ownerUserId: userId, name, instanceRoles, memberships }),
  };
}
