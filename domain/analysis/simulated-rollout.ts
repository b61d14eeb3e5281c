import { combinedLogE, intervalLogE, psiGrid } from './e-process.ts';
import { drawInterval, drawPods, type Random } from './simulated-counts.ts';
import { dispersion } from './tempering.ts';

/** The setting of reference rollouts §3.4: 10 requests per second, 1 % bad, 60 looks a minute apart; for tests only. */
const REQUESTS_PER_MINUTE = 600;
const BASE_SHARE = 0.01;
const LOOKS = 60;
const ALPHA = 0.05;

export type RolloutSetting = {
  readonly icc: number;
  /** True multiple of stable's share in the canary. */
  readonly increase: number;
  readonly weights: readonly number[];
  readonly canaryPods: number;
  readonly stablePods: number;
  readonly drift: 'none' | 'wave' | 'rising';
  readonly phi: number;
};

function baseAt(drift: RolloutSetting['drift'], minute: number, phase: number): number {
  if (drift === 'none') return BASE_SHARE;
  if (drift === 'rising') return BASE_SHARE * (1 + (2 * minute) / (LOOKS - 1));
  return BASE_SHARE * (2 - Math.cos((2 * Math.PI * minute) / LOOKS + phase));
}

/** E >= 1/alpha needs some tempered sum at or above the barrier, so that most looks cost no exponential. */
function crossed(sums: readonly number[], phi: number): boolean {
  return Math.max(...sums) / phi >= -Math.log(ALPHA) && combinedLogE(sums, phi) >= -Math.log(ALPHA);
}

/** The look (1..60) at which one simulated rollout is failed, or null. */
function failedAtLook(random: Random, setting: RolloutSetting): number | null {
  const sums = psiGrid.map(() => 0);
  const phase = 2 * Math.PI * random();
  const { icc, weights } = setting;
  for (let minute = 0; minute < LOOKS; minute += 1) {
    const weight = weights[Math.floor((minute * weights.length) / LOOKS)] ?? 0;
    const share = baseAt(setting.drift, minute, phase);
    const requests = Math.round((REQUESTS_PER_MINUTE * weight) / 100);
    const counts = drawInterval(
      random,
      { requests, pods: setting.canaryPods, share: Math.min(1, share * setting.increase), icc },
      { requests: REQUESTS_PER_MINUTE - requests, pods: setting.stablePods, share, icc },
    );
    for (const [j, value] of intervalLogE(counts, psiGrid).entries()) sums[j] = (sums[j] ?? 0) + value;
    if (crossed(sums, setting.phi)) return minute + 1;
  }
  return null;
}

/** phi as it would be stored before the rollout: from one simulated day of stable alone. */
export function phiOfOneDay(random: Random, icc: number, stablePods: number): number {
  const setting = { requests: REQUESTS_PER_MINUTE, pods: stablePods, share: BASE_SHARE, icc };
  return dispersion(Array.from({ length: 1440 }, () => drawPods(random, setting))).phi;
}

export type Measured = {
  readonly share: number;
  /** One standard error of the share. */
  readonly error: number;
  /** Median look of the rollouts that were failed; NaN when none was. */
  readonly medianLook: number;
};

/** Share of simulated rollouts that were failed within 60 looks. */
export function measure(random: Random, setting: RolloutSetting, runs: number): Measured {
  const looks: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const look = failedAtLook(random, setting);
    if (look !== null) looks.push(look);
  }
  looks.sort((a, b) => a - b);
  const share = looks.length / runs;
  const error = Math.sqrt((Math.max(share, 1 / runs) * (1 - share)) / runs);
  return { share, error, medianLook: looks[Math.floor(looks.length / 2)] ?? Number.NaN };
}
