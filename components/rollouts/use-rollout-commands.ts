'use client';

import { useTrpc } from '../trpc-provider.tsx';
import { useRouter } from '../ui/navigation.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';

/** The verbs of one rollout; nothing on the page changes before the server tells what it saw. */
export function useRolloutCommands(rolloutId: string) {
  const trpc = useTrpc();
  const show = useToast();
  const router = useRouter();
  const onDone = (title: string) => () =>
    show({ tone: 'info', title, body: 'Written down. The page shows it once the cluster has followed.' });
  const pause = useCommand((extra) => trpc.rollouts.pause.mutationOptions(extra), {
    onDone: onDone('Pause requested'),
  });
  const resume = useCommand((extra) => trpc.rollouts.resume.mutationOptions(extra), {
    onDone: onDone('Resume requested'),
  });
  const promote = useCommand((extra) => trpc.rollouts.promote.mutationOptions(extra), {
    onDone: onDone('Promote requested'),
  });
  const abort = useCommand((extra) => trpc.rollouts.abort.mutationOptions(extra), {
    onDone: onDone('Abort requested'),
  });
  const rollBack = useCommand((extra) => trpc.rollouts.rollBack.mutationOptions(extra), {
    onDone: (result) => {
      onDone('Roll back requested')();
      if (result.rolloutId !== rolloutId) router.push(`/rollouts/${result.rolloutId}`);
    },
  });
  const continueWithout = useCommand(
    (extra) => trpc.rollouts.continueWithoutEvidence.mutationOptions(extra),
    { onDone: onDone('Continue requested') },
  );
  const retry = useCommand((extra) => trpc.rollouts.retry.mutationOptions(extra), {
    onDone: onDone('Retry requested'),
  });
  const keepCanary = useCommand((extra) => trpc.rollouts.keepCanary.mutationOptions(extra), {
    onDone: onDone('Canary at 0 % requested'),
  });
  const releaseCanary = useCommand((extra) => trpc.rollouts.releaseCanary.mutationOptions(extra), {
    onDone: onDone('Taking away requested'),
  });
  return { pause, resume, promote, abort, rollBack, continueWithout, retry, keepCanary, releaseCanary };
}

export type RolloutCommands = ReturnType<typeof useRolloutCommands>;

/** The sentence of the newest refusal of a one-click verb; dialogs show their own. */
export function oneClickError(commands: RolloutCommands): string | null {
  const { pause, resume, abort, rollBack, retry, keepCanary, releaseCanary } = commands;
  return (
    [pause, resume, abort, rollBack, retry, keepCanary, releaseCanary].find(
      (command) => command.error !== null,
    )?.error ?? null
  );
}
