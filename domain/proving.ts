import { durationText } from './figure-text.ts';
import type { ProvingRule } from './policy.ts';
import { type Blocker, blocker, type Refusal, refusal } from './refusal.ts';
import type { ServiceHealth } from './service-health.ts';

/** A stretch of time; `toAt` null means that it lasts. */
type Span = { readonly fromAt: Date; readonly toAt: Date | null };

/** What is known of the service in which a version is to prove itself. */
export type ProvingHistory = {
  /** When a revision of exactly this ModelVersion was stable; its specification may differ from the asked one. */
  readonly stable: readonly Span[];
  readonly health: readonly (Span & { readonly health: ServiceHealth })[];
  /** The service's own clock. */
  readonly now: Date;
  /** When a pass last looked; what lasts is known to have lasted until `knownUntil`. */
  readonly knownUntil: Date;
};

/**
 * met · counting: it goes on by itself and is done at `doneAt` · what stops the count: never there · replaced by another
 * version · shared with a rollout · unhealthy · unread · idle.
 */
type ProofState = 'met' | 'counting' | 'neverThere' | 'replaced' | Exclude<ServiceHealth, 'healthy'>;

export type Proof = {
  readonly environment: string;
  readonly healthyMs: number;
  readonly serviceId: string;
  readonly state: ProofState;
  /** Begin of the stretch that counts now; null when none does. */
  readonly since: Date | null;
  /** The stretch that counts now, else the longest that still speaks for the version. */
  readonly soFarMs: number;
  /** When it is met if nothing comes between; null when it is not counting. */
  readonly doneAt: Date | null;
};

type Run = { readonly from: number; readonly to: number; readonly lasts: boolean };

function overlap(left: Span, right: Span, until: number): Run | null {
  const from = Math.max(left.fromAt.getTime(), right.fromAt.getTime());
  const ends = [left.toAt, right.toAt].flatMap((at) => (at === null ? [] : [at.getTime()]));
  const to = Math.min(until, ...ends);
  return to > from ? { from, to, lasts: ends.length === 0 } : null;
}

function overlaps({ stable, health, knownUntil }: ProvingHistory, wanted: ServiceHealth): Run[] {
  const spans = health.filter((span) => span.health === wanted);
  return stable
    .flatMap((span) => spans.map((other) => overlap(span, other, knownUntil.getTime())))
    .filter((run) => run !== null)
    .toSorted((left, right) => left.from - right.from);
}

/** Stretches that touch are one. */
function joined(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last !== undefined && last.to >= run.from) result[result.length - 1] = { ...run, from: last.from };
    else result.push(run);
  }
  return result;
}

/**
 * Whether a version has proven itself: some unbroken stretch of at least `healthyMs` in which it was stable, alone at 100 %
 * and healthy. A rollout beside it, being replaced, or a time in which nobody could look ends a stretch and takes nothing
 * away; an unhealthy moment of the version voids every stretch before it, and the count begins again.
 */
export function proofOf(rule: ProvingRule, serviceId: string, history: ProvingHistory): Proof {
  const voidedUntil = Math.max(0, ...overlaps(history, 'unhealthy').map((run) => run.to));
  const runs = joined(overlaps(history, 'healthy')).filter((run) => run.from >= voidedUntil);
  const soFarMs = Math.max(0, ...runs.map((run) => run.to - run.from));
  const about = { environment: rule.environment, healthyMs: rule.healthyMs, serviceId, soFarMs };
  const isSeen = history.knownUntil >= history.now;
  const present = runs.find((run) => run.lasts) ?? null;
  const since = present === null ? null : new Date(present.from);
  if (soFarMs >= rule.healthyMs) return { ...about, state: 'met', since, doneAt: null };
  if (present === null || !isSeen) return { ...about, state: stopped(history), since: null, doneAt: null };
  const doneAt = new Date(present.from + rule.healthyMs);
  return { ...about, state: 'counting', since, soFarMs: present.to - present.from, doneAt };
}

function stopped(history: ProvingHistory): ProofState {
  const { stable, health } = history;
  if (stable.length === 0) return 'neverThere';
  if (stable.every((span) => span.toAt !== null)) return 'replaced';
  const present = health.find((span) => span.toAt === null)?.health ?? 'unread';
  return present === 'healthy' ? 'unread' : present;
}

type Named = { readonly versionName: string; readonly serviceName: string };

/** The requirement in words: "healthy at 100 % in staging for 2 h". */
export function provingText({ environment, healthyMs }: ProvingRule): string {
  return `healthy at 100 % in ${environment} for ${durationText(healthyMs)}`;
}

const stopWords: Record<Exclude<ProofState, 'met' | 'counting' | 'neverThere'>, string> = {
  replaced: 'another version serves there now',
  shared: 'a rollout is under way beside it, so it is not alone at 100 %',
  unhealthy: 'it is not healthy now, so the time begins again when it is',
  unread: 'nobody can look at it now',
  idle: 'nothing is meant to serve there now',
};

/**
 * What a promotion waits for until the proof is met; null when it is. Its words hold while nothing but time passes, so that
 * a waiting promotion is not written again.
 */
export function proofBlocker(proof: Proof, { versionName, serviceName }: Named): Blocker | null {
  const { state, environment, healthyMs, serviceId, since, doneAt } = proof;
  if (state === 'met') return null;
  const asks = `${versionName} has to be ${provingText(proof)} first`;
  const params = { environment, healthyMs, serviceId, since: since?.toISOString() ?? null };
  const about = { code: 'healthyTimeMissing', params } as const;
  if (state === 'counting')
    return blocker({ ...about, message: `${asks}; it is, and the time runs.`, until: doneAt });
  if (state === 'neverThere')
    return blocker({
      ...about,
      message: `${asks}; it was never at 100 % there.`,
      owner: 'engineer',
      fix: `Promote it to ${serviceName} in ${environment}.`,
    });
  return blocker({ ...about, message: `${asks}; ${stopWords[state]}.`, owner: 'operator' });
}

/** Why a rule can be met by no version on a service of this name, or null; `services` are those of that name by environment. */
export function provingPlaceRefusal(
  rule: ProvingRule,
  serviceName: string,
  places: { readonly environments: readonly string[]; readonly services: readonly string[] },
): Refusal | null {
  const { environment } = rule;
  if (!places.environments.includes(environment)) return environmentUnknown(environment);
  if (places.services.includes(environment)) return null;
  return refusal({
    code: 'serviceMissing',
    message: `The policy asks for a version to be ${provingText(rule)}, but there is no service "${serviceName}" in ${environment}.`,
    params: { environment, serviceName },
    fix: `Create ${serviceName} in ${environment}, or revise the policy.`,
  });
}

/** The refusal of a policy that names an environment which the project does not have. */
export function environmentUnknown(environment: string): Refusal {
  return refusal({
    code: 'policyUnsatisfiable',
    message: `The policy asks for a time in ${environment}, but this project has no environment of that name.`,
    params: { environment },
    fix: 'Name an environment of this project in the policy.',
  });
}
