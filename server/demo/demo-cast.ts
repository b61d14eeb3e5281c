import type { Role } from '../../domain/permission.ts';
import type { Principal } from '../../domain/principal.ts';
import { setMember } from '../members/commands.ts';
import { createUser } from '../users/commands.ts';
import { type DemoPerson, demoEmail, demoPeople } from './demo-catalogue.ts';
import type { DemoStage } from './demo-stage.ts';

export type DemoCast = Readonly<Record<DemoPerson, Principal>>;

/** Makes the people and gives them their roles; Lena is also an admin of the instance. */
export async function castPeople(stage: DemoStage, projectId: string): Promise<DemoCast> {
  const cast: Partial<Record<DemoPerson, Principal>> = {};
  for (const person of Object.keys(demoPeople) as DemoPerson[]) {
    const { name, roles } = demoPeople[person];
    const held: Role[] = [...roles];
    const instanceRoles = person === 'lena' ? (['admin'] as const) : [];
    const { id } = await createUser(stage.as(), {
      name,
      email: demoEmail(person),
      instanceRoles: [...instanceRoles],
    });
    await setMember(stage.as(), { projectId, email: demoEmail(person), roles: held });
    const memberships = new Map([[projectId, new Set(held)]]);
    cast[person] = { id, kind: 'user', ownerUserId: id, name, instanceRoles, memberships };
  }
  return cast as DemoCast;
}
