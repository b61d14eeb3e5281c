import { anyProduct, type Envelope, type GpuAmounts, openParts } from '../envelope/envelope.ts';
import type { RateSegment, RunningRollout } from './forecast.ts';

/** What GPU time costs in the unit of a budget: so much for so many milli-GPU-seconds. */
export type GpuRate = { readonly amount: bigint; readonly milliGpuSeconds: bigint };

type Place = {
  readonly phase: string;
  readonly stepIndex: number;
  readonly stepStartedAt: Date;
};

type Reading = {
  readonly now: Date;
  /** The GPU product that the budget counts; null for all. */
  readonly gpuProduct: string | null;
  readonly rate: GpuRate;
};

/**
 * What a running rollout's service takes from now on: the open parts of its plan one after another, the present one for
 * what is left of it, then what runs after it. Pods that take whatever GPU there is count for every product.
 */
export function rolloutRates(envelope: Envelope, place: Place, reading: Reading): RunningRollout {
  const { now } = reading;
  const [present, ...later] = openParts(envelope, place);
  const steps: RateSegment[] = [];
  let at = now.getTime();
  const add = (ms: number, milliGpu: GpuAmounts) => {
    if (ms <= 0) return;
    const fromAt = new Date(at);
    at += ms;
    steps.push({ fromAt, toAt: new Date(at), perHour: perHourOf(milliGpu, reading) });
  };
  if (present !== undefined)
    add(Math.max(0, present.ms - (now.getTime() - place.stepStartedAt.getTime())), present.milliGpu);
  for (const part of later) add(part.ms, part.milliGpu);
  const goesBack = present === undefined;
  return { steps, afterPerHour: perHourOf(goesBack ? envelope.before : envelope.after, reading) };
}

function perHourOf(milliGpu: GpuAmounts, { gpuProduct, rate }: Reading): bigint {
  const counted = Object.entries(milliGpu)
    .filter(([product]) => gpuProduct === null || product === gpuProduct || product === anyProduct)
    .reduce((total, [, amount]) => total + amount, 0);
  if (rate.milliGpuSeconds === 0n) return 0n;
  return (BigInt(counted) * 3_600n * rate.amount) / rate.milliGpuSeconds;
}
