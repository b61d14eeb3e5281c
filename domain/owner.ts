import { type Blocker, blocker } from './refusal.ts';

/** A production service that nobody owns says so: what happens to it is told to no person. Empty otherwise. */
export function ownerBlockers(service: {
  readonly ownerUserId: string | null;
  readonly production: boolean;
}): Blocker[] {
  if (service.ownerUserId !== null || !service.production) return [];
  return [
    blocker({
      code: 'ownerMissing',
      message: 'This production service has no owner, so nobody is called when it breaks.',
      owner: 'operator',
      fix: 'Name an owner among the members of the project.',
    }),
  ];
}
