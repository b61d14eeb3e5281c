import type { Proof } from '../../domain/proving.ts';
import type { Tone } from '../ui/tone.ts';

const states: Record<Proof['state'], { readonly tone: Tone; readonly words: string }> = {
  met: { tone: 'ok', words: 'reached' },
  counting: { tone: 'progress', words: 'the time runs' },
  neverThere: { tone: 'warn', words: 'it was never at 100 % there' },
  replaced: { tone: 'warn', words: 'another version serves there now' },
  shared: { tone: 'warn', words: 'a rollout is under way beside it' },
  unhealthy: { tone: 'bad', words: 'not healthy now; the time begins again when it is' },
  unread: { tone: 'warn', words: 'nobody can look at it now' },
  idle: { tone: 'neutral', words: 'nothing is meant to serve there now' },
};

/** Where a proof stands, with the tone that its icon and colour carry. */
export function proofStanding({ state }: Pick<Proof, 'state'>): {
  readonly tone: Tone;
  readonly words: string;
} {
  return states[state];
}

/** Milliseconds that count so far, growing with the clock while the time runs. */
export function soFarMs(proof: Proof, nowMs: number): number {
  const { state, since, healthyMs } = proof;
  if (state !== 'counting' || since === null) return proof.soFarMs;
  return Math.min(healthyMs, Math.max(proof.soFarMs, nowMs - since.getTime()));
}
