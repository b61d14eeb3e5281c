'use client';

import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { useRouter } from '../ui/navigation.ts';
import { useCommand } from '../use-command.ts';
import type { BoardAnswer } from './board-answers.ts';

/** Says that an earlier version is shown, and makes it the newest again; nothing for the newest. */
export function OldVersionBanner({ board }: { board: BoardAnswer }) {
  const trpc = useTrpc();
  const router = useRouter();
  const href = `/boards/${board.id}`;
  const restore = useCommand((extra) => trpc.boards.update.mutationOptions(extra), {
    onDone: () => router.push(href),
  });
  const { id: boardId, name, description, version: basedOn, shown } = board;
  if (shown.number === basedOn) return null;
  return (
    <Banner
      tone={restore.error === null ? 'info' : 'bad'}
      title={restore.error ?? `This is version ${shown.number} of ${basedOn}.`}
    >
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          busy={restore.busy}
          disabledReason={reasonOf(board.refusals.update)}
          onClick={() => restore.run({ boardId, name, description, spec: shown.spec, basedOn })}
        >
          Restore it as version {basedOn + 1}
        </Button>
        <ButtonLink size="small" variant="ghost" href={href}>
          Show the newest
        </ButtonLink>
      </div>
    </Banner>
  );
}
