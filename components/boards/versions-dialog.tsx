'use client';

import { History } from 'lucide-react';
import { useState } from 'react';
import { countOf } from '../../domain/figure-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { BoardAnswer } from './board-answers.ts';

/** All versions, each a link that shows the board as it was. */
export function VersionsDialog({ board }: { board: BoardAnswer }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Versions"
      description="Each shows the board as it was and can be restored from there."
      open={open}
      onOpenChange={setOpen}
      trigger={<Button icon={History}>Versions</Button>}
    >
      <List label="Versions">
        {board.versions.map(({ number, createdAt, by, charts }) => (
          <ListRow
            key={number}
            title={`Version ${number}`}
            href={number === board.version ? `/boards/${board.id}` : `/boards/${board.id}?version=${number}`}
            detail={
              <>
                {countOf(charts, 'chart')}, saved <RelativeTime at={createdAt} /> by {by.name}
              </>
            }
            aside={number === board.version ? 'shown now' : undefined}
          />
        ))}
      </List>
    </Dialog>
  );
}
