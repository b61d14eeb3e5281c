import * as z from 'zod';
import { countOf } from './figure-text.ts';
import { type Blocker, blocker, type Refusal, refusal } from './refusal.ts';
import {
  type AdoptedPath,
  type DesiredServing,
  foundNumber,
  type ObservedServing,
  sameWeights,
  type Weights,
} from './serving.ts';
import { drainMs, shiftPercents, stepHoldMs } from './take-over-times.ts';

/**
 * creating: our pods start, the found ones serve · shifting: weight moves to ours · serving: ours serve, the found ones
 * stand by · finishing: their backend is taken out · finished · returning: the routes become what they were ·
 * draining: ours answer what is still on its way · removing: our objects go, then the service is watched again.
 */
const takeOverPhases = [
  'creating',
  'shifting',
  'serving',
  'finishing',
  'finished',
  'returning',
  'draining',
  'removing',
] as const;
export type TakeOverPhase = (typeof takeOverPhases)[number];

const backendRefSchema = z.record(z.string(), z.unknown());

export const adoptedPathSchema = z.object({
  workload: z.object({ name: z.string(), uid: z.string() }),
  backends: z.array(z.object({ name: z.string(), port: z.int() })).min(1),
  selectorKeys: z.array(z.string()),
  routes: z
    .array(
      z.object({
        name: z.string(),
        uid: z.string(),
        rules: z.array(z.object({ index: z.int().min(0), backendRefs: z.array(backendRefSchema) })).min(1),
      }),
    )
    .min(1),
}) satisfies z.ZodType<AdoptedPath>;

/** A take over from its start until the service is given back; in `service.take_over`, parsed on the way out. */
export const takeOverSchema = z.object({
  schema: z.literal(1),
  phase: z.enum(takeOverPhases),
  /** Position in `shiftPercents` while shifting. */
  step: z.int().min(0),
  /** ISO time at which the phase or step began. */
  since: z.iso.datetime(),
  /** ISO time since which the gateway has accepted what the phase wants; null while it has not. */
  inEffectSince: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime(),
  path: adoptedPathSchema,
  /** Replicas of the found workload when it was taken over. */
  foundReplicas: z.int().min(1),
  /** Somebody agreed at Finish that Fairlead scales the found workload to zero. */
  scalesFoundToZero: z.boolean(),
});
export type TakeOver = z.infer<typeof takeOverSchema>;

/** A phase that waits for the cluster looks again this often. */
const lookAgainMs = 1_000;

/** Which act each phase allows. */
const acts: Record<TakeOverPhase, { giveBack: boolean; finish: boolean; rollOut: boolean }> = {
  creating: { giveBack: true, finish: false, rollOut: false },
  shifting: { giveBack: true, finish: false, rollOut: false },
  serving: { giveBack: true, finish: true, rollOut: true },
  finishing: { giveBack: true, finish: false, rollOut: false },
  finished: { giveBack: true, finish: false, rollOut: true },
  returning: { giveBack: false, finish: false, rollOut: false },
  draining: { giveBack: false, finish: false, rollOut: false },
  removing: { giveBack: false, finish: false, rollOut: false },
};

const phaseWords: Record<TakeOverPhase, string> = {
  creating: 'it is being taken over: its own pods start',
  shifting: 'it is being taken over: traffic moves to its own pods',
  serving: 'it is taken over',
  finishing: 'the take over is being finished',
  finished: 'the take over is finished',
  returning: 'it is being given back',
  draining: 'it is being given back',
  removing: 'it is being given back',
};

/** Why a step of a take over is not possible now, or null; for the command, the loop and the button alike. */
export function takeOverRefusal(
  act: 'giveBack' | 'finish' | 'rollOut',
  { takeOver, rolloutActive }: { takeOver: TakeOver | null; rolloutActive: boolean },
): Refusal | null {
  if (takeOver === null)
    return act === 'rollOut'
      ? null
      : refusal({ code: 'wrongState', message: 'This service was not taken over from anybody.' });
  if (rolloutActive && act !== 'rollOut')
    return refusal({
      code: 'rolloutActive',
      message: 'A rollout of this service is under way.',
      fix: 'Wait for its end, or abort it.',
    });
  if (acts[takeOver.phase][act]) return null;
  return refusal({
    code: 'wrongState',
    message: `Not now: ${phaseWords[takeOver.phase]}.`,
    params: { phase: takeOver.phase },
    fix: act === 'finish' && takeOver.phase === 'finished' ? null : 'Wait until that is done.',
  });
}

/** The state in which an act leaves a take over. */
export function afterAct(takeOver: TakeOver, phase: 'finishing' | 'returning', now: Date): TakeOver {
  return { ...takeOver, phase, step: 0, since: now.toISOString(), inEffectSince: null };
}

function isGivingBack(phase: TakeOverPhase): boolean {
  return phase === 'returning' || phase === 'draining' || phase === 'removing';
}

function shiftWeights(stable: number, percent: number): Weights {
  return percent === 100 ? { [stable]: 100 } : { [foundNumber]: 100 - percent, [stable]: percent };
}

/** What the cluster should hold in a phase of the take over; `own` is what it should hold by the service's own rollouts. Pure. */
export function takenOverServing(own: DesiredServing, takeOver: TakeOver): DesiredServing {
  const [stable] = own.revisions;
  const { phase, step, scalesFoundToZero, foundReplicas } = takeOver;
  const found = (weights: Weights) => ({ ...own, weights, fallbackNumber: foundNumber });
  switch (phase) {
    case 'creating':
      return { ...found({ [foundNumber]: 100 }), found: { form: 'kept', replicas: null } };
    case 'shifting':
      return {
        ...found(stable === undefined ? {} : shiftWeights(stable.number, shiftPercents[step] ?? 100)),
        found: { form: 'kept', replicas: null },
      };
    case 'serving':
      return { ...own, found: { form: 'kept', replicas: null } };
    case 'finishing':
      return { ...own, found: { form: 'removed', replicas: scalesFoundToZero ? 0 : null } };
    case 'finished':
      // From here on its count is its manager's again: scaling it down for ever would be a fight.
      return { ...own, found: { form: 'removed', replicas: null } };
    case 'returning':
    case 'draining':
    case 'removing': {
      const replicas = scalesFoundToZero ? foundReplicas : null;
      // Until the found pods are ready again, ours keep the traffic.
      const fallbackNumber = stable?.number ?? null;
      const revisions = phase === 'removing' ? [] : own.revisions;
      const weights = { [foundNumber]: 100 };
      return { ...own, revisions, weights, fallbackNumber, found: { form: 'restored', replicas } };
    }
  }
}

export type TakeOverAdvance = {
  /** Null when the service is given back and watched again. */
  readonly next: TakeOver | null;
  /** What to write on record; null when only times changed. */
  readonly sentence: string | null;
  readonly blockers: readonly Blocker[];
  /** Null when it rests. */
  readonly requeueAfterMs: number | null;
};

function isInEffect(takeOver: TakeOver, own: DesiredServing, observed: ObservedServing): boolean {
  const { route, found } = observed;
  const wanted = takenOverServing(own, takeOver);
  if (takeOver.phase === 'removing') return observed.revisions.every(({ owned }) => !owned);
  if (isGivingBack(takeOver.phase))
    return !route.exists || (found?.form === 'restored' && route.accepted && isFoundReady(observed));
  if (takeOver.phase === 'finishing')
    return (
      found?.form === 'removed' && route.accepted && (wanted.found?.replicas !== 0 || found.replicas === 0)
    );
  if (takeOver.phase === 'creating') return allReady(own, observed);
  return sameWeights(route.requested, wanted.weights) && route.accepted && allReady(own, observed);
}

function isFoundReady({ revisions }: ObservedServing): boolean {
  return revisions.some(({ number, ready }) => number === foundNumber && ready);
}

/** Every replica that is wanted takes traffic: half of the pods must not get what all of them got. */
function allReady(own: DesiredServing, observed: ObservedServing): boolean {
  return own.revisions.every(({ number }) => {
    const found = observed.revisions.find((revision) => revision.number === number);
    return (
      found?.owned === true &&
      found.complete &&
      found.settled &&
      found.ready &&
      found.readyReplicas >= Math.max(1, found.desiredReplicas)
    );
  });
}

type After = { readonly phase: TakeOverPhase; readonly step?: number; readonly sentence: string } | 'watched';

/** What follows a phase once it has been in effect for its time; null for the two that rest. */
function following({ phase, step, path, scalesFoundToZero }: TakeOver): After | null {
  const { name } = path.workload;
  switch (phase) {
    case 'creating':
      return {
        phase: 'shifting',
        sentence: `Its own pods are ready; ${shiftPercents[0]} % of the traffic moves to them.`,
      };
    case 'shifting': {
      const percent = shiftPercents[step + 1];
      return percent === undefined
        ? { phase: 'serving', sentence: `Its own pods serve all traffic; Deployment ${name} stands by.` }
        : { phase, step: step + 1, sentence: `${percent} % of the traffic moves to its own pods.` };
    }
    case 'finishing':
      return {
        phase: 'finished',
        sentence: `The take over is finished: no route leads to Deployment ${name}${scalesFoundToZero ? ', which is scaled to zero' : ''}.`,
      };
    case 'returning':
      return {
        phase: 'draining',
        sentence: `The routes lead to Deployment ${name} again, as they were found.`,
      };
    case 'draining':
      return { phase: 'removing', sentence: 'Its own pods are removed.' };
    case 'removing':
      return 'watched';
    case 'serving':
    case 'finished':
      return null;
  }
}

function holdMs({ phase }: TakeOver): number {
  if (phase === 'shifting') return stepHoldMs;
  return phase === 'draining' ? drainMs : 0;
}

/**
 * One look at a take over: moves to the next phase once the cluster has held what the present one wants for its time,
 * and says what it waits for; pure. Goes on nowhere while the picture is not fresh or another manager fights us.
 */
export function advanceTakeOver(
  takeOver: TakeOver,
  { own, observed }: { own: DesiredServing; observed: ObservedServing },
  now: Date,
): TakeOverAdvance {
  const resting = { next: takeOver, sentence: null, requeueAfterMs: null };
  const after = following(takeOver);
  if (after === null) return { ...resting, blockers: restBlockers(takeOver, observed) };
  const waiting = { ...resting, requeueAfterMs: lookAgainMs };
  if (!observed.fresh || observed.fight !== null) return { ...waiting, blockers: [] };
  if (!isInEffect(takeOver, own, observed))
    return {
      ...waiting,
      next: { ...takeOver, inEffectSince: null },
      blockers: phaseBlockers(takeOver, own, observed),
    };
  const inEffectSince = takeOver.inEffectSince ?? now.toISOString();
  const until = new Date(Date.parse(inEffectSince) + holdMs(takeOver));
  if (until > now)
    return {
      next: { ...takeOver, inEffectSince },
      sentence: null,
      blockers: [holdBlocker(takeOver, until)],
      requeueAfterMs: Math.min(lookAgainMs, until.getTime() - now.getTime()),
    };
  if (after === 'watched')
    return {
      next: null,
      sentence: 'It is given back and only watched again.',
      blockers: [],
      requeueAfterMs: 0,
    };
  const { phase, step = 0, sentence } = after;
  const next = { ...takeOver, phase, step, since: now.toISOString(), inEffectSince: null };
  return { next, sentence, blockers: [], requeueAfterMs: lookAgainMs };
}

function holdBlocker({ phase }: TakeOver, until: Date): Blocker {
  const message =
    phase === 'draining'
      ? 'Its own pods stay for requests that are still on their way.'
      : 'The split stays for a moment before the next step.';
  return blocker({ code: phase === 'draining' ? 'scaleDownDelay' : 'minimumTime', message, until });
}

function phaseBlockers(takeOver: TakeOver, own: DesiredServing, observed: ObservedServing): Blocker[] {
  if (isGivingBack(takeOver.phase)) return returnBlockers(takeOver, observed);
  const unready = own.revisions.flatMap(
    ({ number }) => observed.revisions.find((revision) => revision.number === number)?.blockers ?? [],
  );
  return [...unready, ...routeBlockers(takeOver, observed)];
}

function returnBlockers(takeOver: TakeOver, observed: ObservedServing): Blocker[] {
  const { name } = takeOver.path.workload;
  if (takeOver.phase === 'removing') return [];
  if (observed.found?.exists === false)
    return [
      blocker({
        code: 'conflict',
        message: `Deployment ${name} no longer exists, so traffic stays on Fairlead's pods.`,
        fix: `Create Deployment ${name} again (its manager can); the give back then goes on by itself.`,
        owner: 'whoever manages it',
      }),
    ];
  if (!isFoundReady(observed))
    return [
      blocker({
        code: 'revisionNotReady',
        message: `Deployment ${name} has no ready pod yet (${countOf(observed.found?.replicas ?? 0, 'replica')} wanted), so traffic stays on Fairlead's pods.`,
        fix: observed.found?.replicas === 0 ? `Scale Deployment ${name} up.` : null,
        owner: 'whoever manages it',
      }),
    ];
  return routeBlockers(takeOver, observed);
}

function restBlockers(takeOver: TakeOver, observed: ObservedServing): Blocker[] {
  return observed.fresh ? routeBlockers(takeOver, observed).filter(({ code }) => code === 'conflict') : [];
}

function routeBlockers({ path }: TakeOver, { route }: ObservedServing): Blocker[] {
  if (route.exists) return [...route.blockers];
  const names = path.routes.map(({ name }) => name).join(', ');
  return [
    blocker({
      code: 'conflict',
      message: `HTTPRoute ${names} no longer exists, so nothing leads to this service and Fairlead has nothing to edit.`,
      fix: 'Create the route again, then give back and take over again.',
      owner: 'whoever manages the route',
    }),
  ];
}
