import type { inferRouterInputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { useCommand } from '../use-command.ts';
import type { ShareOwner } from './shared-charts.ts';

type Made = { readonly shareId: string; readonly secret: string; readonly expiresAt: Date };
type Draft = inferRouterInputs<AppRouter>['instanceShares']['create'];

/** Shares charts of the shown project or of the instance; each checks its own roles. */
export function useShareCreate(owner: ShareOwner, onDone: (made: Made) => void) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const ofProject = useCommand((extra) => trpc.shares.create.mutationOptions(extra), { onDone });
  const ofInstance = useCommand((extra) => trpc.instanceShares.create.mutationOptions(extra), { onDone });
  return owner === 'instance'
    ? ofInstance
    : { ...ofProject, run: (draft: Draft) => ofProject.run({ projectId, ...draft }) };
}

type Hooks = { readonly onRevoked: () => void; readonly onRotated: (made: { secret: string }) => void };

/** What is done with one share of either. */
export function useShareCommands(owner: ShareOwner, { onRevoked, onRotated }: Hooks) {
  const trpc = useTrpc();
  const revoked = { onDone: onRevoked };
  const rotated = { onDone: onRotated };
  const ofProject = {
    pause: useCommand((extra) => trpc.shares.pause.mutationOptions(extra)),
    resume: useCommand((extra) => trpc.shares.resume.mutationOptions(extra)),
    update: useCommand((extra) => trpc.shares.update.mutationOptions(extra)),
    revoke: useCommand((extra) => trpc.shares.revoke.mutationOptions(extra), revoked),
    rotate: useCommand((extra) => trpc.shares.rotate.mutationOptions(extra), rotated),
  };
  const ofInstance = {
    pause: useCommand((extra) => trpc.instanceShares.pause.mutationOptions(extra)),
    resume: useCommand((extra) => trpc.instanceShares.resume.mutationOptions(extra)),
    update: useCommand((extra) => trpc.instanceShares.update.mutationOptions(extra)),
    revoke: useCommand((extra) => trpc.instanceShares.revoke.mutationOptions(extra), revoked),
    rotate: useCommand((extra) => trpc.instanceShares.rotate.mutationOptions(extra), rotated),
  };
  return owner === 'instance' ? ofInstance : ofProject;
}

/** Ends all that the shown project or the instance shares. */
export function useRevokeAll(owner: ShareOwner, onDone: () => void) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const ofProject = useCommand((extra) => trpc.shares.revokeAll.mutationOptions(extra), { onDone });
  const ofInstance = useCommand((extra) => trpc.instanceShares.revokeAll.mutationOptions(extra), { onDone });
  return owner === 'instance'
    ? { ...ofInstance, run: () => ofInstance.run({}) }
    : { ...ofProject, run: () => ofProject.run({ projectId }) };
}
