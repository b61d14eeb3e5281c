import { DomainError } from '../refusal.ts';

/** The no to a chart of the other side, so that roles of a project never reach the instance, nor the reverse. */
export function otherSideRefusal(projectId: string | null): DomainError {
  return projectId === null
    ? new DomainError({
        code: 'invalidInput',
        message: 'The instance shares charts over all projects, and this one is of a project.',
        fix: 'Share it in its project.',
      })
    : new DomainError({
        code: 'invalidInput',
        message: 'A project shares charts of its own, and this one is of the whole instance.',
        fix: 'Ask an admin of the instance to share it, under Costs, The instance, or on the budget of the instance.',
      });
}
