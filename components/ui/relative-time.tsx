'use client';

import { formatExact, formatRelative, type Instant, toMs } from '../../domain/time-format.ts';
import { useNow, useZone } from './clock.tsx';

/** An instant beside a given now; the exact time on hover. */
export function TimeFrom({ at, nowMs }: { at: Instant; nowMs: number }) {
  const zone = useZone();
  const atMs = toMs(at);
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={formatExact(atMs, zone, { seconds: true })}
      className="whitespace-nowrap"
    >
      {formatRelative(atMs, nowMs)}
    </time>
  );
}

export function RelativeTime({ at }: { at: Instant }) {
  return <TimeFrom at={at} nowMs={useNow(5_000)} />;
}

export function ExactTime({ at, seconds }: { at: Instant; seconds?: boolean | undefined }) {
  const zone = useZone();
  const nowMs = useNow(5_000);
  const atMs = toMs(at);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatRelative(atMs, nowMs)}>
      {formatExact(atMs, zone, { seconds })}
    </time>
  );
}
