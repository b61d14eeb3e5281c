'use client';

import { useTrpc } from '../trpc-provider.tsx';
import { useRouter } from '../ui/navigation.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';

/** Sends a Service back to what served before; leads to the rollout that does it. */
export function useServiceRollBack() {
  const trpc = useTrpc();
  const router = useRouter();
  const show = useToast();
  return useCommand((extra) => trpc.rollouts.rollBack.mutationOptions(extra), {
    onDone: ({ rolloutId }) => {
      show({ tone: 'info', title: 'Roll back requested' });
      router.push(`/rollouts/${rolloutId}`);
    },
  });
}
export type ServiceRollBack = ReturnType<typeof useServiceRollBack>;
