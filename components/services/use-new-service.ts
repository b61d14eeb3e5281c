'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { useRouter } from '../ui/navigation.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';
import { emptyService, type Problems, type ServiceDraft, serviceOfDraft } from './service-draft.ts';

/** Where and under which name the form begins, as the address says; the first environment when it does not. */
export type ServiceStart = { readonly environmentId: string | null; readonly name: string };

/** The state of the form: what was typed, what is wrong with it once it was sent, and the command. */
export function useNewService(start: ServiceStart) {
  const trpc = useTrpc();
  const router = useRouter();
  const show = useToast();
  const { projectId, viewer } = useProject();
  const { data: environments } = useSuspenseQuery(trpc.environments.list.queryOptions({ projectId }));
  const asked = environments.find((environment) => environment.id === start.environmentId);
  const [draft, setDraft] = useState(() => ({
    ...emptyService((asked ?? environments[0])?.id ?? '', ''),
    name: start.name,
  }));
  const [isAsked, setIsAsked] = useState(false);
  const found = serviceOfDraft(draft);
  const problems: Problems = isAsked && 'problems' in found ? found.problems : {};
  const create = useCommand((extra) => trpc.services.create.mutationOptions(extra), {
    onDone: ({ serviceId }) => {
      show({ tone: 'ok', title: 'Service created', body: 'Promote a version onto it next.' });
      router.push(`/services/${serviceId}`);
    },
  });
  const blocked = permissionReason('services.create', viewer);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsAsked(true);
    if ('input' in found && blocked === undefined) create.run({ projectId, ...found.input });
  };
  const set = (change: Partial<ServiceDraft>) => setDraft({ ...draft, ...change });
  return { projectId, environments, draft, set, found, problems, create, blocked, submit };
}
