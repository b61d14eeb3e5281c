import { shiftPercents } from '../../domain/take-over-times.ts';
import type { StepState } from '../ui/step-bar.tsx';
import type { TakeOver } from './take-over-answers.ts';

export type TakeOverStep = { readonly key: string; readonly label: string; readonly state: StepState };

const forth = ['Own pods ready', ...shiftPercents.map((percent) => `${percent} % of traffic`), 'Finish'];
const back = ['Routes restored', 'Last requests answered', 'Own objects removed'];

function forthIndex({ phase, step }: TakeOver): number {
  if (phase === 'creating') return 0;
  if (phase === 'shifting') return 1 + step;
  return phase === 'finished' ? forth.length : forth.length - 1;
}

function backIndex({ phase }: TakeOver): number {
  return phase === 'returning' ? 0 : phase === 'draining' ? 1 : 2;
}

export function isGivingBack({ phase }: TakeOver): boolean {
  return phase === 'returning' || phase === 'draining' || phase === 'removing';
}

/** The way there, or the way back, with where it stands; while it serves, finishing is to come and nothing is under way. */
export function takeOverSteps(takeOver: TakeOver): TakeOverStep[] {
  const [labels, at] = isGivingBack(takeOver) ? [back, backIndex(takeOver)] : [forth, forthIndex(takeOver)];
  const rests = takeOver.phase === 'serving';
  return labels.map((label, index) => ({
    key: label,
    label,
    state: index < at ? 'done' : index === at && !rests ? 'current' : 'waiting',
  }));
}

/** Where it stands, in one sentence. */
export function takeOverSentence({ phase, path, scalesFoundToZero }: TakeOver): string {
  const name = `Deployment ${path.workload.name}`;
  switch (phase) {
    case 'creating':
      return `Fairlead's own pods start; ${name} serves all traffic.`;
    case 'shifting':
      return `Traffic moves step by step; ${name} serves the rest and takes it back when one of ours fails.`;
    case 'serving':
      return `Fairlead's own pods serve all traffic. ${name} stands by, with weight 0, until you finish.`;
    case 'finishing':
      return `The backend of ${name} is taken out of the routes.`;
    case 'finished':
      return scalesFoundToZero
        ? `No route leads to ${name}, which was scaled to zero. Deleting it is left to its manager.`
        : `No route leads to ${name}. Scaling it down and deleting it are left to its manager.`;
    case 'returning':
      return `The routes become what they were, as soon as ${name} has ready pods.`;
    case 'draining':
      return `${name} serves again; Fairlead's pods answer what is still on its way.`;
    case 'removing':
      return `${name} serves again; Fairlead's own objects are removed.`;
  }
}
