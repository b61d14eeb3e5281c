'use client';
import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

/** What somebody without any project sees: how to get one. */
export function NoProject({ mayCreate }: { mayCreate: boolean }) {
  const trpc = useTrpc();
  const [name, setName] = useState('');
  const create = useCommand((extra) => trpc.projects.create.mutationOptions(extra), {
    onDone: () => window.location.assign('/'),
  });
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (!mayCreate)
    return (
      <Page>
        <EmptyState icon={FolderPlus} title="You are in no project yet">
          Ask an admin of a project to add you; then models, services and rollouts of it show here.
        </EmptyState>
      </Page>
    );
  return (
    <Page width="narrow">
      <EmptyState icon={FolderPlus} title="Create the first project">
        A project holds models, services, policies and people. You can have several.
      </EmptyState>
      <form
        className="flex items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.run({ name, slug });
        }}
      >
        <TextField
          label="Project name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          error={create.error ?? undefined}
        />
        <Button variant="primary" type="submit" busy={create.busy}>
          Create project
        </Button>
      </form>
    </Page>
  );
}
