import type { Tone } from '../ui/tone.ts';
import type { RolloutDetail } from './rollout-answers.ts';

type Baked = Pick<RolloutDetail, 'phase' | 'from' | 'to' | 'bake' | 'plan'>;

export type BakeWords = {
  readonly tone: Tone;
  readonly title: string;
  /** What each rail says now. */
  readonly rails: readonly string[];
  readonly detail: string | null;
  /** The rollout that led back. */
  readonly back: { readonly rolloutId: string; readonly at: string } | null;
};

/** What the guard rails do after 100 %; null while the rollout has not come so far, or was led back before. */
export function bakeWords(rollout: Baked, clock: (at: Date) => string): BakeWords | null {
  const { phase, from, to, bake } = rollout;
  if (phase !== 'succeeded' && phase !== 'finishing') return null;
  const rails = bake.rails.map((rail) => rail.sentence);
  const words = { rails, back: null, detail: null };
  switch (bake.state) {
    case 'rolledBack':
      return {
        tone: 'bad',
        title: bake.outcome?.failure.message ?? 'A rail broke.',
        rails: [],
        detail: `That was inside the bake time, so Fairlead leads the traffic back to revision ${from?.number ?? ''}, which has to be ready first.`,
        back: bake.outcome,
      };
    case 'baking':
      return {
        ...words,
        tone: 'info',
        title: `Baking until ${clock(bake.until ?? new Date(0))}: ${standing(rollout)}.`,
        detail: `Until then a broken rail rolls back by itself. ${keptWords(rollout)}`,
      };
    case 'over':
      return bake.rails.length === 0 ? null : { ...words, ...overWords(rollout, clock) };
    case 'off':
      return bake.rails.length === 0
        ? null
        : {
            ...words,
            tone: toneOf(rollout),
            title: `After 100 %: ${standing(rollout)}.`,
            detail: `${to.number === 1 || from === null ? 'There is nothing to go back to' : 'This rollout has no bake time'}, so a broken rail alerts and does not roll back.`,
          };
  }
}

function overWords(
  rollout: Baked,
  clock: (at: Date) => string,
): Pick<BakeWords, 'tone' | 'title' | 'detail'> {
  return {
    tone: toneOf(rollout),
    title: `After the bake time: ${standing(rollout)}.`,
    detail: `Since ${clock(rollout.bake.until ?? new Date(0))} a broken rail alerts and does not roll back.`,
  };
}

function toneOf({ bake }: Baked): Tone {
  return bake.rails.some((rail) => rail.verdict === 'fail') ? 'bad' : 'neutral';
}

function standing({ phase, bake }: Baked): string {
  const broken = bake.rails.filter((rail) => rail.verdict === 'fail').length;
  const undecided = bake.rails.filter((rail) => rail.verdict === 'noEvidence').length;
  if (broken > 0) return broken === 1 ? 'a rail is broken' : `${broken} rails are broken`;
  if (phase === 'finishing') return 'the rails are judged on';
  if (undecided > 0)
    return undecided === bake.rails.length ? 'nothing is decided yet' : 'not all rails are decided';
  return bake.rails.length === 1 ? 'the rail holds' : 'the rails hold';
}

function keptWords({ phase, from, plan }: Baked): string {
  const number = from?.number ?? '';
  if (phase === 'finishing' || plan.scaleDownDelayMs >= plan.bakeMs)
    return `Revision ${number} is still there, so that is quick.`;
  return `Revision ${number} was scaled away already, so its pods have to be ready first.`;
}
