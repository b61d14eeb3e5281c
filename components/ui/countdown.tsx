'use client';

import { formatDuration, formatExact, type Instant, toMs } from '../../domain/time-format.ts';
import { useNow, useZone } from './clock.tsx';

type CountdownProps = { until: Instant; doneLabel?: string | undefined };

/** Only ticks; when the time is over it says so and leaves the next state to the server. */
export function Countdown({ until, doneLabel = 'now' }: CountdownProps) {
  const nowMs = useNow();
  const zone = useZone();
  const untilMs = toMs(until);
  const leftMs = untilMs - nowMs;
  return (
    <time
      role="timer"
      dateTime={new Date(untilMs).toISOString()}
      title={formatExact(untilMs, zone, { seconds: true })}
      className="whitespace-nowrap tabular-nums"
    >
      {leftMs > 0 ? formatDuration(leftMs) : doneLabel}
    </time>
  );
}
