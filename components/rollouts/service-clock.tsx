'use client';

import { createContext, type ReactNode, useContext } from 'react';
import {
  formatDuration,
  formatExact,
  formatMoment,
  formatRelative,
  type Instant,
  toMs,
} from '../../domain/time-format.ts';
import { useNow, useZone } from '../ui/clock.tsx';
import { TimeFrom } from '../ui/relative-time.tsx';
import { clockOffsetMs } from './clock-offset.ts';

const OffsetContext = createContext(0);

type Props = { readonly now: Date; readonly answeredAtMs: number; readonly children: ReactNode };

/** Makes times below it run on the service's clock, which a sandbox may have moved. */
export function ServiceClock({ now, answeredAtMs, children }: Props) {
  return <OffsetContext value={clockOffsetMs(now, answeredAtMs)}>{children}</OffsetContext>;
}

/** The service's time, ticking. */
export function useServiceNow(stepMs = 1_000): number {
  return useNow(stepMs) + useContext(OffsetContext);
}

export function useClockOffset(): number {
  return useContext(OffsetContext);
}

export function ServiceTime({ at }: { at: Instant }) {
  return <TimeFrom at={at} nowMs={useServiceNow(5_000)} />;
}

/** Hours, minutes and seconds today; the day with it otherwise. */
export function ServiceMoment({ at }: { at: Instant }) {
  const nowMs = useServiceNow(5_000);
  const zone = useZone();
  const atMs = toMs(at);
  const exact = formatExact(atMs, zone, { seconds: true });
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={`${exact}, ${formatRelative(atMs, nowMs)}`}
      className="whitespace-nowrap"
    >
      {formatMoment(atMs, nowMs, zone)}
    </time>
  );
}

type CountdownProps = { readonly until: Instant; readonly doneLabel?: string | undefined };

/** Only ticks; what happens at the end is the server's to say. */
export function ServiceCountdown({ until, doneLabel = 'any moment now' }: CountdownProps) {
  const leftMs = toMs(until) - useServiceNow();
  const zone = useZone();
  return (
    <time
      role="timer"
      dateTime={new Date(toMs(until)).toISOString()}
      title={formatExact(toMs(until), zone, { seconds: true })}
      className="whitespace-nowrap"
    >
      {leftMs > 0 ? formatDuration(leftMs) : doneLabel}
    </time>
  );
}
