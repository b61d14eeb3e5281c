'use client';
import { createContext, type ReactNode, useContext } from 'react';
import type { InstanceRole, Role } from '../../domain/permission.ts';

export type Viewer = {
  readonly id: string;
  readonly name: string;
  readonly instanceRoles: readonly InstanceRole[];
  readonly roles: readonly Role[];
};
type Present = { readonly projectId: string; readonly projectName: string; readonly viewer: Viewer };

const ProjectContext = createContext<Present | null>(null);

export function ProjectProvider({ value, children }: { value: Present; children: ReactNode }) {
  return <ProjectContext.Provider value={value}>{children}</ProjectContext.Provider>;
}

/** The project that the switcher shows, and who looks at it. */
export function useProject(): Present {
  const present = useContext(ProjectContext);
  if (present === null) throw new Error('This component stands outside the console.');
  return present;
}
