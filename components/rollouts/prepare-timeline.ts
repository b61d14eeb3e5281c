import {
  Bug,
  CircleCheck,
  FileClock,
  type LucideIcon,
  Pause,
  Play,
  Rocket,
  RotateCcw,
  Signature,
  Undo2,
} from 'lucide-react';
import type { Tone } from '../ui/tone.ts';
import type { TimelineEntry } from './rollout-answers.ts';

export type PreparedEntry = {
  readonly key: string;
  readonly tone: Tone;
  readonly icon: LucideIcon | undefined;
  readonly title: string;
  readonly comment: string | null;
  readonly at: Date;
  readonly actor: string;
  readonly seq: number;
  readonly isDemo: boolean;
};

type Look = { readonly tone: Tone; readonly icon?: LucideIcon };

const looks: Record<string, Look> = {
  'rollouts.start': { tone: 'info', icon: Rocket },
  'rollouts.advance': { tone: 'info' },
  'rollouts.promote': { tone: 'info', icon: Rocket },
  'rollouts.pause': { tone: 'warn', icon: Pause },
  'rollouts.resume': { tone: 'info', icon: Play },
  'rollouts.abort': { tone: 'bad', icon: Undo2 },
  'rollouts.rollBack': { tone: 'bad', icon: Undo2 },
  'rollouts.continueWithoutEvidence': { tone: 'warn' },
  'rollouts.retry': { tone: 'info', icon: RotateCcw },
  'rollouts.keepCanary': { tone: 'warn', icon: Bug },
  'rollouts.releaseCanary': { tone: 'neutral', icon: Bug },
  'rollouts.freezeRecord': { tone: 'neutral', icon: FileClock },
  'promotions.approve': { tone: 'ok', icon: Signature },
  'promotions.reject': { tone: 'bad', icon: Signature },
  'promotions.request': { tone: 'info', icon: Signature },
};

function phaseOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('phase' in value)) return null;
  return typeof value.phase === 'string' ? value.phase : null;
}

function lookOf(entry: TimelineEntry): Look {
  if (entry.action === 'rollouts.advance') {
    const phase = phaseOf(entry.after);
    // A move to where it stands already is a hold at its deadline.
    if (JSON.stringify(entry.before) === JSON.stringify(entry.after)) return { tone: 'warn', icon: Pause };
    if (phase === 'succeeded') return { tone: 'ok', icon: CircleCheck };
    if (phase === 'rollingBack' || phase === 'rolledBack' || phase === 'aborted')
      return { tone: 'bad', icon: Undo2 };
  }
  return looks[entry.action] ?? { tone: 'neutral' };
}

/** Audit entries as a timeline, newest first. */
export function prepareTimeline(entries: readonly TimelineEntry[]): PreparedEntry[] {
  return entries
    .map((entry) => {
      const { tone, icon } = lookOf(entry);
      return {
        key: String(entry.seq),
        tone,
        icon,
        title: capital(entry.sentence ?? entry.action),
        comment: entry.comment,
        at: entry.at,
        actor: entry.actorName ?? 'somebody whose name was erased',
        seq: entry.seq,
        isDemo: entry.origin === 'demo',
      };
    })
    .toSorted((left, right) => right.seq - left.seq);
}

/** Where the audit page shows this entry. */
export function auditHref(seq: number): string {
  return `/audit?seq=${seq}`;
}

/** Sentences of the audit begin with their verb, because the actor stands before them there. */
function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
