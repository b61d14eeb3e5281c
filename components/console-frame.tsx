'use client';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLiveUpdates } from './live/live-updates.tsx';
import { NoticeBell } from './notices/notice-bell.tsx';
import { NoProject } from './project/no-project.tsx';
import { ProjectProvider } from './project/project-context.tsx';
import { ConsoleShell } from './shell/console-shell.tsx';
import { useTrpc } from './trpc-provider.tsx';
import { Banner } from './ui/banner.tsx';
import { useCommand } from './use-command.ts';

type Props = {
  readonly currentProjectId: string | null;
  readonly insecure: boolean;
  readonly children: ReactNode;
};

/** Fills the shell with who is signed in, their projects, what waits, and the live stream. */
export function ConsoleFrame({ currentProjectId, insecure, children }: Props) {
  const trpc = useTrpc();
  const live = useLiveUpdates();
  const { data: me } = useSuspenseQuery(trpc.sessions.whoAmI.queryOptions());
  const { data: projects } = useSuspenseQuery(trpc.projects.list.queryOptions());
  const current = projects.find((project) => project.id === currentProjectId) ?? null;
  const counts = useQuery({
    ...trpc.overview.get.queryOptions({ projectId: currentProjectId ?? '' }),
    enabled: current !== null,
    select: (overview) => ({
      promotions: overview.waitsForMe.length,
      rollouts: overview.counts.activeRollouts,
    }),
  });
  const signOut = useCommand((extra) => trpc.sessions.signOut.mutationOptions(extra), {
    onDone: ({ cameByProvider }) => leaveTo(cameByProvider ? '/sign-in?signed-out=1' : '/sign-in'),
  });
  const roles = me.memberships.find((membership) => membership.projectId === current?.id)?.roles ?? [];
  return (
    <ConsoleShell
      user={{ name: me.name, email: roles.join(', ') }}
      projects={projects}
      currentProject={current}
      onProjectChange={chooseProject}
      onSignOut={() => signOut.run(undefined)}
      counts={counts.data}
      live={live}
      bell={current === null ? undefined : <NoticeBell projectId={current.id} />}
      banner={
        insecure ? (
          <Banner tone="warn" title="This console is served over plain http: use it on this machine only." />
        ) : undefined
      }
    >
      {current === null ? (
        <NoProject mayCreate={me.instanceRoles.includes('admin')} />
      ) : (
        <ProjectProvider
          value={{
            projectId: current.id,
            projectName: current.name,
            viewer: { id: me.id, name: me.name, instanceRoles: me.instanceRoles, roles },
          }}
        >
          {children}
        </ProjectProvider>
      )}
    </ConsoleShell>
  );
}

/** A full load: the next page is another person's or project's. */
function leaveTo(path: string): void {
  window.location.assign(path);
}

function chooseProject(projectId: string): void {
  // A cookie, because the server reads the choice with the next page.
  document.cookie = `project=${projectId}; path=/; max-age=31536000; samesite=lax`;
  leaveTo('/');
}
