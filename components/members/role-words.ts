import type { Role } from '../../domain/permission.ts';

/** What each role may do, in a sentence; as domain/permission.ts grants it. */
export const roleWords: Record<Role, string> = {
  viewer: 'Sees everything in the project.',
  engineer: 'Registers versions, attaches evidence and asks for promotions.',
  operator: 'Does what engineers do, creates services, and pauses, promotes, aborts and rolls back rollouts.',
  approver: 'Signs or rejects promotions where a policy asks for it.',
  admin: 'Does what operators do, and keeps members, environments, policies and tokens.',
};
