import type { StepJudgement } from './analysis/judge.ts';
import type { Evidence } from './analysis/verdict.ts';
import { countText, shareText } from './figure-text.ts';
import { type Blocker, blocker } from './refusal.ts';
import type { Rollout } from './rollout.ts';
import { clusterBlockers, readiness, routeState } from './rollout-observed.ts';
import { stepWeight } from './rollout-weights.ts';
import type { ObservedServing } from './serving.ts';
import { minimumSplitRequests, splitAgreement } from './traffic-split.ts';

type StepSituation = {
  readonly observed: ObservedServing;
  readonly evidence: Evidence;
  readonly judgement: StepJudgement;
  readonly deadline: Date;
  readonly now: Date;
};

/** Why a step does not pass now, most fundamental first, by the same facts that `advanceRollout` decides on. */
export function stepBlockers(rollout: Rollout, situation: StepSituation): Blocker[] {
  const { observed } = situation;
  const held = heldBlockers(rollout, situation);
  if (!observed.fresh) return [...held, ...clusterBlockers(observed)];
  const fight = fightBlockers(observed);
  const ready = readiness(observed, rollout.toNumber);
  return [
    ...held,
    ...fight,
    ...(ready.whole ? [] : ready.blockers),
    ...routeWaits(rollout, situation),
    ...splitWaits(rollout, situation),
    ...evidenceWaits(rollout, situation),
  ];
}

function heldBlockers(rollout: Rollout, { judgement }: StepSituation): Blocker[] {
  if (rollout.progress.heldAt === null) return [];
  const lack = judgement.missing.length > 0 ? `: ${judgement.missing.join('; ')}` : '';
  return [
    blocker({
      code: 'held',
      message: `Held at ${stepWeight(rollout)} %, because its deadline passed without a verdict${lack}.`,
      params: { step: rollout.progress.stepIndex, lacks: judgement.missing.join('; ') },
      owner: 'an operator',
      fix: 'Continue without evidence, with a reason, or roll back. It goes on by itself once the step passes.',
    }),
  ];
}

/** The blocker that names the manager that keeps rewriting our fields; empty without a fight. */
export function fightBlockers(observed: ObservedServing): Blocker[] {
  if (observed.fight === null) return [];
  const { manager, object, fields } = observed.fight;
  return [
    blocker({
      code: 'fight',
      message: `"${manager}" keeps rewriting ${fields.join(', ')} of ${object}, so Fairlead has stopped writing.`,
      params: { manager, object },
      owner: manager,
      fix: `Stop "${manager}" from managing these fields.`,
    }),
  ];
}

function routeWaits(rollout: Rollout, { observed }: StepSituation): Blocker[] {
  const state = routeState(rollout, observed);
  if (state === 'accepted') return [];
  if (observed.route.blockers.length > 0) return [...observed.route.blockers];
  return state === 'requested'
    ? [
        blocker({
          code: 'routeNotAccepted',
          message: `The gateway has not accepted ${stepWeight(rollout)} % yet.`,
          owner: 'the cluster',
        }),
      ]
    : [
        blocker({
          code: 'waitingForCluster',
          message: `The route does not carry ${stepWeight(rollout)} % yet.`,
          owner: 'the cluster',
        }),
      ];
}

function splitWaits(rollout: Rollout, { evidence, deadline, now }: StepSituation): Blocker[] {
  const { progress } = rollout;
  if (progress.acceptedAt === null) return [];
  const until = deadline > now ? deadline : null;
  if (evidence.sourceProblem !== null)
    return [
      blocker({
        code: 'metricsUnreachable',
        message: evidence.sourceProblem,
        owner: 'whoever runs the metrics source',
        until,
      }),
    ];
  const { nCanary, nStable } = evidence.split;
  const n = nCanary + nStable;
  switch (splitAgreement(evidence.split, stepWeight(rollout))) {
    case 'inside':
      return [];
    case 'tooFew':
      return progress.effectiveAt !== null && n > 0
        ? []
        : [
            blocker({
              code: 'weightNotEffective',
              message: `${countText(n)} of the ${minimumSplitRequests} requests were measured that show whether ${stepWeight(rollout)} % took effect.`,
              params: { measured: n, needed: minimumSplitRequests },
              until,
              fix: n === 0 ? 'Send traffic to the Service: without requests nothing can be seen.' : null,
            }),
          ];
    case 'outside':
      return [
        blocker({
          code: 'weightNotEffective',
          message: `${shareText(nCanary / n)} of ${countText(n)} requests reached revision ${rollout.toNumber}, where ${stepWeight(rollout)} % was asked for and accepted.`,
          params: { measuredPercent: (100 * nCanary) / n, weightPercent: stepWeight(rollout) },
          owner: 'whoever runs the gateway',
          fix: 'Look whether another route or a session cookie takes this traffic.',
          until,
        }),
      ];
  }
}

function evidenceWaits(rollout: Rollout, { judgement, deadline, now, evidence }: StepSituation): Blocker[] {
  const { effectiveAt } = rollout.progress;
  if (effectiveAt === null || judgement.verdict === 'pass') return [];
  const until = deadline > now ? deadline : null;
  const blockers: Blocker[] = [];
  if (judgement.minimumUntil !== null && judgement.minimumUntil > now)
    blockers.push(
      blocker({
        code: 'minimumTime',
        message: `The step at ${stepWeight(rollout)} % runs for its minimum time first.`,
        until: judgement.minimumUntil,
      }),
    );
  if (judgement.missingSamples > 0)
    blockers.push(
      blocker({
        code: 'minimumSamples',
        message: `${countText(judgement.missingSamples)} more canary requests are needed before this step can pass.`,
        params: { missing: judgement.missingSamples },
        until,
        fix: 'More traffic, a larger weight or a longer deadline.',
      }),
    );
  if (!judgement.evidenceFresh && evidence.sourceProblem === null)
    blockers.push(
      blocker({
        code: 'noEvidence',
        message: 'No complete interval has been measured lately.',
        owner: 'whoever runs the metrics source',
        until,
      }),
    );
  if (blockers.length > 0) return blockers;
  return judgement.results
    .filter((result) => result.verdict === 'noEvidence')
    .map((result) =>
      blocker({ code: 'noEvidence', message: result.sentence, params: { check: result.checkId }, until }),
    );
}
