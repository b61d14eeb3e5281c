'use client';

import { ChevronsUpDown } from 'lucide-react';
import { Menu, MenuChoice, MenuLabel } from '../ui/menu.tsx';
import { initialsOf } from '../ui/person.tsx';

export type Project = { id: string; name: string };

type ProjectSwitcherProps = {
  projects: readonly Project[];
  current: Project | null;
  onChange: (id: string) => void;
};

export function ProjectSwitcher({ projects, current, onChange }: ProjectSwitcherProps) {
  const name = current?.name ?? 'No project';
  return (
    <Menu
      label="Projects"
      align="start"
      trigger={
        <button
          type="button"
          className="flex h-10 w-full min-w-0 items-center gap-2 rounded-md border border-line bg-surface px-2 text-left shadow-panel hover:bg-hover"
        >
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-sm bg-neutral-surface font-semibold text-2xs text-neutral"
          >
            {initialsOf(name)}
          </span>
          <span className="flex min-w-0 flex-1 flex-col leading-4">
            <span className="text-2xs text-ink-faint">Project</span>
            <span className="truncate font-medium">{name}</span>
          </span>
          <span className="sr-only">, switch project</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-ink-faint" />
        </button>
      }
    >
      <MenuLabel>Projects you belong to</MenuLabel>
      <MenuChoice
        value={current?.id ?? ''}
        onChange={onChange}
        options={projects.map((project) => ({ value: project.id, label: project.name }))}
      />
    </Menu>
  );
}
