'use client';

import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { type BoardRange, boardRanges } from '../../domain/board-layout.ts';
import { ownRange, rangeUntil } from '../../domain/board-range.ts';
import { useNow } from '../ui/clock.tsx';

/** The shown time as the address says: `?range=6h`, or `?from=…&to=…`; the board's own without either. */
export function useBoardRange(usual: BoardRange) {
  const [params, setParams] = useQueryStates({
    range: parseAsStringLiteral(boardRanges),
    from: parseAsString,
    to: parseAsString,
  });
  const nowMs = useNow(60_000);
  const given = ownRange(params.from, params.to);
  const preset = given === null ? (params.range ?? usual) : null;
  return {
    preset,
    range: given ?? rangeUntil(preset ?? usual, nowMs),
    onPreset: (range: BoardRange) => void setParams({ range, from: null, to: null }),
    onOwn: ({ from, to }: { from: number; to: number }) =>
      void setParams({ range: null, from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
  };
}
