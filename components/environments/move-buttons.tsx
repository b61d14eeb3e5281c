'use client';

import { ArrowDown, ArrowUp, ChevronsDown, ChevronsUp } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { type Move, orderAfter } from '../../domain/environment-order.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';
import type { EnvironmentRow } from './environment-answers.ts';

type Props = { readonly row: EnvironmentRow; readonly all: readonly EnvironmentRow[] };

const shapes = {
  environment: { earlier: ArrowUp, later: ArrowDown },
  group: { earlier: ChevronsUp, later: ChevronsDown },
} as const;

/** Moves an environment one place; the first of a group also moves its group. */
export function MoveButtons({ row, all }: Props) {
  const { groupName } = row;
  const mates = all.filter((other) => groupName !== null && other.groupName === groupName);
  const movesGroup = mates.length > 1 && mates[0]?.id === row.id;
  return (
    <span className="relative z-1 inline-flex items-center">
      {movesGroup && (
        <>
          <MoveButton row={row} all={all} direction="earlier" part="group" />
          <MoveButton row={row} all={all} direction="later" part="group" />
        </>
      )}
      <MoveButton row={row} all={all} direction="earlier" part="environment" />
      <MoveButton row={row} all={all} direction="later" part="environment" />
    </span>
  );
}

function MoveButton({ row, all, direction, part }: Props & Pick<Move, 'direction' | 'part'>) {
  const trpc = useTrpc();
  const show = useToast();
  const { viewer } = useProject();
  const { id: environmentId, name, groupName } = row;
  const what = part === 'group' ? `the group ${groupName}` : name;
  const move = useCommand((extra) => trpc.environments.move.mutationOptions(extra), {
    onDone: () => show({ tone: 'ok', title: `Moved ${what} ${direction}` }),
  });
  const button = useRef<HTMLButtonElement>(null);
  const wasPressed = useRef(false);
  // External system: the browser, which takes the focus off a row that changes its place.
  useLayoutEffect(() => {
    if (wasPressed.current) button.current?.focus();
    wasPressed.current = false;
  }, [row.position]);
  const after = orderAfter(all, { id: row.id, direction, part });
  const atTheEnd = 'refusal' in after ? after.refusal.message : undefined;
  return (
    <IconButton
      ref={button}
      size="small"
      label={`Move ${what} ${direction}`}
      icon={shapes[part][direction]}
      busy={move.busy}
      disabledReason={permissionReason('environments.move', viewer) ?? move.error ?? atTheEnd}
      onClick={() => {
        wasPressed.current = true;
        move.run({ environmentId, direction, part });
      }}
    />
  );
}
