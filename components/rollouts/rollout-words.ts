import type { Tone } from '../ui/tone.ts';
import type { RevisionRef, RolloutRow } from './rollout-answers.ts';

type Named = Pick<RolloutRow, 'service' | 'from' | 'to'>;

/** "fraud-detector 6 → 7", by revision numbers; a first revision has nothing on the left. */
export function rolloutTitle({ service, from, to }: Named): string {
  return from === null ? `${service.name} → ${to.number}` : `${service.name} ${from.number} → ${to.number}`;
}

/** "fraud-detector version 7": what a revision runs. */
export function versionName(revision: Pick<RevisionRef, 'modelName' | 'versionNumber'>): string {
  return `${revision.modelName} version ${revision.versionNumber}`;
}

export function versionHref(revision: Pick<RevisionRef, 'modelName' | 'versionNumber'>): string {
  return `/models/${encodeURIComponent(revision.modelName)}/versions/${revision.versionNumber}`;
}

/** What changes between the two revisions, in the words of the models. */
export function changeSentence({ from, to }: Named): string {
  if (from === null) return `First revision: ${versionName(to)}. Nothing serves beside it yet.`;
  if (from.modelVersionId === to.modelVersionId)
    return `${versionName(to)} with a changed specification (revision ${from.number} → ${to.number}).`;
  if (from.modelName === to.modelName)
    return `${to.modelName} version ${from.versionNumber} → ${to.versionNumber}.`;
  return `${versionName(from)} → ${versionName(to)}.`;
}

type Standing = Pick<RolloutRow, 'phase' | 'paused' | 'held' | 'weightPercent' | 'goal' | 'bakeFailure'>;

/** One word for where a rollout stands, with the tone that its icon and colour carry. */
export function rolloutStanding(rollout: Standing): { tone: Tone; label: string } {
  const { phase, paused, held, weightPercent, goal } = rollout;
  switch (phase) {
    case 'succeeded':
      return rollout.bakeFailure === null
        ? { tone: 'ok', label: 'Succeeded' }
        : { tone: 'bad', label: 'Rolled back after 100 %' };
    case 'rolledBack':
      return { tone: 'bad', label: 'Rolled back' };
    case 'aborted':
      return { tone: 'neutral', label: 'Aborted' };
    case 'rollingBack':
      return { tone: 'warn', label: 'Going back' };
    case 'starting':
    case 'stepping':
    case 'finishing':
      break;
  }
  if (goal !== 'complete') return { tone: 'warn', label: 'Going back' };
  if (held) return { tone: 'warn', label: `Held at ${weightPercent} %` };
  if (paused)
    return { tone: 'warn', label: phase === 'starting' ? 'Paused' : `Paused at ${weightPercent} %` };
  if (phase === 'starting') return { tone: 'progress', label: 'Starting' };
  return phase === 'finishing'
    ? { tone: 'progress', label: 'Finishing' }
    : { tone: 'progress', label: `At ${weightPercent} %` };
}

const endedPhases: readonly RolloutRow['phase'][] = ['succeeded', 'rolledBack', 'aborted'];

export function hasEnded({ phase }: Pick<RolloutRow, 'phase'>): boolean {
  return endedPhases.includes(phase);
}
