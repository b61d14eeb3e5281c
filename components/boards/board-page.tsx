'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { BoardActions } from './board-actions.tsx';
import { BoardGrid } from './board-grid.tsx';
import { OldVersionBanner } from './old-version-banner.tsx';
import { RangePicker } from './range-picker.tsx';
import { useBoardRange } from './use-board-range.ts';

const BoardEditor = lazy(async () => ({ default: (await import('./board-editor.tsx')).BoardEditor }));

type Props = { readonly boardId: string; readonly version: number | undefined };

/** One board: its charts over one time, which the address holds. */
export function BoardPage({ boardId, version }: Props) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery(
    trpc.boards.get.queryOptions({ boardId, ...(version === undefined ? {} : { version }) }),
  );
  const [isEditing, setIsEditing] = useState(false);
  const screen = useRef<HTMLDivElement>(null);
  const { preset, range, onPreset, onOwn } = useBoardRange(data.shown.spec.range);
  return (
    <Page width="wide">
      <PageHeader
        title={data.name}
        back={{ href: '/boards', label: 'Boards' }}
        description={data.description === '' ? undefined : data.description}
        actions={
          isEditing ? undefined : (
            <BoardActions
              board={data}
              range={range}
              onEdit={() => setIsEditing(true)}
              onFullScreen={() => void screen.current?.requestFullscreen()}
            />
          )
        }
      />
      <OldVersionBanner board={data} />
      {isEditing ? (
        <Suspense fallback={<SkeletonRows rows={6} columns={3} />}>
          <BoardEditor board={data} onDone={() => setIsEditing(false)} />
        </Suspense>
      ) : (
        <div ref={screen} className="flex flex-col gap-4 overflow-auto bg-canvas [&:fullscreen]:p-6">
          <RangePicker preset={preset} range={range} onPreset={onPreset} onOwn={onOwn} />
          <BoardGrid charts={data.shown.spec.charts} range={range} />
        </div>
      )}
    </Page>
  );
}
