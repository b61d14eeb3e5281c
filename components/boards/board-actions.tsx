'use client';

import { Archive, Maximize, MessageSquarePlus, Pencil, Share2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { boardProblem, type SharedCharts, sharedRange } from '../shares/shared-charts.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useRouter } from '../ui/navigation.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import type { BoardAnswer } from './board-answers.ts';
import { VersionsDialog } from './versions-dialog.tsx';

const ShareDialog = lazy(async () => ({
  default: (await import('../shares/share-dialog.tsx')).ShareDialog,
}));
const NotesForm = lazy(async () => ({ default: (await import('./notes-form.tsx')).NotesForm }));

type Props = {
  readonly board: BoardAnswer;
  readonly range: ChartRange;
  readonly onEdit: () => void;
  readonly onFullScreen: () => void;
};

export function BoardActions({ board, range, onEdit, onFullScreen }: Props) {
  const isOld = board.shown.number !== board.version;
  const over = board.archivedAt === null ? undefined : 'This board is archived.';
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        icon={Pencil}
        onClick={onEdit}
        disabledReason={
          over ??
          reasonOf(board.refusals.update) ??
          (isOld ? 'Restore this version, then change it.' : undefined)
        }
      >
        Edit
      </Button>
      <NotesDialog range={range} disabledReason={reasonOf(board.refusals.annotate)} />
      <ShareBoard board={board} range={range} />
      <VersionsDialog board={board} />
      <Button icon={Maximize} onClick={onFullScreen}>
        Full screen
      </Button>
      <ArchiveBoard board={board} disabledReason={over ?? reasonOf(board.refusals.archive)} />
    </div>
  );
}

type Blocked = { readonly disabledReason: string | undefined };

function NotesDialog({ range, disabledReason }: Blocked & { readonly range: ChartRange }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Notes"
      description="A note is a mark at its moment, here and on every other board."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button icon={MessageSquarePlus} disabledReason={disabledReason}>
          Notes
        </Button>
      }
    >
      <Suspense fallback={<SkeletonRows rows={3} columns={2} />}>
        <NotesForm range={range} onDone={() => setOpen(false)} />
      </Suspense>
    </Dialog>
  );
}

/** All charts of the shown version as one link or embed, over the shown time. */
function ShareBoard({ board, range }: Pick<Props, 'board' | 'range'>) {
  const [shared, setShared] = useState<SharedCharts | null>(null);
  const { charts } = board.shown.spec;
  const open = () =>
    setShared({
      title: board.name,
      specs: charts.map(({ spec }) => spec),
      range: sharedRange(range, Date.now()),
    });
  return (
    <>
      <Button icon={Share2} disabledReason={boardProblem(charts)} onClick={open}>
        Share
      </Button>
      {shared !== null && (
        <Suspense fallback={null}>
          <ShareDialog shared={shared} onClose={() => setShared(null)} />
        </Suspense>
      )}
    </>
  );
}

function ArchiveBoard({ board, disabledReason }: Blocked & { readonly board: BoardAnswer }) {
  const trpc = useTrpc();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const archive = useCommand((extra) => trpc.boards.archive.mutationOptions(extra), {
    onDone: () => router.push('/boards'),
  });
  return (
    <>
      <Button variant="ghost" icon={Archive} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Archive
      </Button>
      <ConfirmDialog
        title={`Archive ${board.name}?`}
        description="It leaves the list. Its versions stay, and its name is free again."
        confirmLabel="Archive"
        open={open}
        onOpenChange={(next) => {
          archive.reset();
          setOpen(next);
        }}
        busy={archive.busy}
        error={archive.error ?? undefined}
        onConfirm={() => archive.run({ boardId: board.id })}
      />
    </>
  );
}
