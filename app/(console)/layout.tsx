import type { ReactNode } from 'react';
import { ConsoleFrame } from '../../components/console-frame.tsx';
import { context, currentProjectId, Hydrate, insecure, leadToSignIn, prefetch, trpc } from '../trpc.tsx';

/** The session gate of the screens; every query and command checks again by itself. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { principal } = await context();
  if (principal === null) return await leadToSignIn();
  const projectId = await currentProjectId();
  await prefetch(
    trpc().sessions.whoAmI.queryOptions(),
    // The rail's counts: read here, because a layout is rendered before its page's answers arrive.
    ...(projectId === null ? [] : [trpc().overview.get.queryOptions({ projectId })]),
  );
  return (
    <Hydrate>
      <ConsoleFrame currentProjectId={projectId} insecure={insecure()}>
        {children}
      </ConsoleFrame>
    </Hydrate>
  );
}
